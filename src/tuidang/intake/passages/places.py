"""Where someone lives, learns or works, as far as it is said so precisely that few people fit.

A town, a county and a kind of place (a factory, the county's hospital) fit many; a village, a door and an institution by its name do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tuidang.intake.passages.found import Passage

_HAN = r"[\u4e00-\u9fff]"
_NUMBER = "(?:[0-9]{1,5}[A-Za-z]?|[A-Za-z]|[一二三四五六七八九十百零〇两甲乙丙丁]{1,6})"
_UNIT = "(?:号楼|号院|号|弄|栋|幢|座|单元|室|楼|层|房|门|组(?!织))(?!人|文件|令)"
_ESTATE = "(?:小区|新村|花园|苑|公寓|大厦|家属院|家属区|宿舍|大院|里弄)"
_BARE = "(?<=[室楼号元栋幢座])[ ]?[0-9]{2,4}(?:室|房)?"
"""A flat that bears a number alone, behind what it is in."""
_DOOR = re.compile(
    rf"(?:路|街|(?<![知报难频味])道|巷|弄|胡同|屯|庄|{_ESTATE})[东西南北中]?(?:[一二三四五六]?段)?[ ]?"
    rf"(?:附[ ]?)?{_NUMBER}(?:[-之][0-9]{{1,4}})?[ ]?{_UNIT}"
    rf"(?:[ ,，]?(?:附[ ]?)?(?:{_HAN}{{2,6}}{_ESTATE})?{_NUMBER}(?:[-之][0-9]{{1,4}})?[ ]?{_UNIT}|{_BARE}){{0,6}}"
)
_HOUSE = re.compile(rf"(?<=[小区苑园村院]){_NUMBER}[ ]?(?:号楼|栋|幢|座)(?:[ ]?{_NUMBER}[ ]?{_UNIT}|{_BARE}){{0,4}}")
_FLAT = re.compile(r"(?<![0-9])[0-9]{1,3}[ ]?(?:号楼|栋|幢)[ ]?(?:[0-9]{1,2}[ ]?单元[ ]?)?[0-9]{3,4}(?![0-9])(?:室|房)?")
_PART = r"[^\W0-9A-Za-z_的了在是我你他她它们这那也就没个所某每各该从到去里和与等市州县区镇乡村]"
"""What the names of places are made of, and sentences are not."""
_NO_TOWN = "(?!城镇|乡镇|集镇|乡下)"
_VILLAGES = (
    re.compile(
        rf"{_PART}{{2,7}}(?:市|州|县|区|旗){_NO_TOWN}(?:{_PART}{{2,5}}(?:县|区|市|旗){_NO_TOWN})?"
        rf"{_PART}{{1,5}}(?:镇|乡|街道)(?!企业|政府|[上下])"
        rf"(?:{_PART}{{1,6}}(?:村|社区|屯)(?![民委干支]))?(?:{_NUMBER}[ ]?(?:组|队|社)(?![织员长会]))?"
    ),
    re.compile(rf"{_PART}{{2,6}}(?:县|镇|乡)(?!下){_PART}{{1,4}}(?<!农)村(?![民委干支])(?:{_NUMBER}[ ]?(?:组|队|社)(?![织员长会]))?"),
    re.compile(rf"{_PART}{{2,4}}(?<!农)村[ ]?第?{_NUMBER}[ ]?(?:组|队|社|号)(?![织员长会])"),
)
_IN_ADDRESSES = re.compile(r"[0-9]|[^\W0-9A-Za-z_的了在是我于住址到]")
_BEFORE_AN_ADDRESS = 40
_STREETS = re.compile(
    r"(?<![A-Za-z0-9])(?!(?:19|20)[0-9]{2}[ ])[0-9]{1,5}[A-Za-z]?,?[ ][A-Z][a-z]{1,20}(?:[ ][A-Z][a-z]{1,20}){0,2}[ ]"
    r"(?:Street|Road|Avenue|Lane|Drive|Boulevard|Crescent|Terrace|Court|Lu|Jie|St|Rd|Ave|Dr|Blvd)(?![A-Za-z])"
    r"(?:,?[ ](?:[Aa]pt|[Uu]nit|[Rr]oom|[Ff]lat|[Ss]uite)\.?[ ]?#?[0-9A-Za-z]{1,5}(?![A-Za-z0-9]))?"
)
_INSTITUTION = re.compile(
    "(?P<kind>大学|学院|(?:第?[一二三四五六七八九十0-9]{1,3})?(?:中学|小学)|附中|附小|幼儿园|技校|职校|卫校|公司|集团|医院|卫生院|派出所|公安局|公安分局"
    "|教育局|税务局|财政局|工商局|民政局|铁路局|邮电局|电力局|供电局|粮食局|法院|检察院|监狱|看守所|劳教所|研究所|研究院|设计院|支行|厂|煤矿|铁矿)"
    "(?!生|长|商|房|家|矿)"
)
_SCHOOL_BY_NUMBER = re.compile(
    rf"(?P<it>{_HAN}{{2,4}}[一二三四五六七八九十]{{1,3}}中)(?=毕业|读书|读高|读初|上学|就读|任教|教书|学生|的学生|老师|的老师|高[一二三])"
)
_IN_ENGLISH = re.compile(
    r"(?<![A-Za-z])(?P<name>(?:[A-Z][A-Za-z’'-]{1,20}[ ]){1,5})(?:No\.[ ]?[0-9]{1,3}[ ])?"
    r"(?:University|College|Institute|Hospital|Factory|(?:Middle|High|Primary|Elementary)[ ]School"
    r"|Company|Corporation|(?:Co\.,?[ ])?Ltd|Co\.)(?![A-Za-z])"
)
_GENERIC_IN_ENGLISH = frozenset(
    re.findall(
        r"[A-Z][\w’']*",
        "The A An My Our This That In At From No One Every Each Primary Middle High State National Foreign Private Public People People's "
        "People’s Party Communist Youth League Young Pioneers First Second Third Trading Steel Machine County City Provincial Central",
    )
)
_IN_INSTITUTIONS = re.compile(
    r"[^\W0-9A-Za-z_的了在是我你他她它们这那和与到从也都就不没过进去来读念考入某各"
    "每个所该本全被把给让叫说当做为而且但又还已曾很几些候年月日后前于时着回完由因对及或]"
    r"|(?<=[成新宜丰昌])都|都(?=江)|本(?=溪)|来(?=宾)|和(?=浩|田|平)|日(?=照|喀)|那(?=曲)"
)
"""What names of institutions are made of, and sentences are not."""
_BEFORE_AN_INSTITUTION = 14
_GENERIC = re.compile(
    "父亲|母亲|爸爸|妈妈|父母|儿子|女儿|哥哥|姐姐|弟弟|妹妹|爷爷|奶奶|外公|外婆|丈夫|妻子|老公|老婆|爱人|孩子|儿女|兄弟"
    "|姐妹|朋友|同事|同学|邻居|小孩|孙子|孙女|家人|普通|重点|当地|地方|附近|隔壁|村里|乡里|镇里|县里|市里|城里|单位"
    "|高等|师范|农村|城市|县城|省城|社区|军区|职业|技术|专科|本科|九年|全日制|工农兵|军政|抗日|党校|业余|函授|电视|广播"
    "|成人|老年|国有|国营|私人|私营|私立|公立|民办|民营|集体|乡镇|街道|外资|合资|独资|外贸|外国|美国|日本|香港|台湾"
    "|中国|国内|国外|海外|跨国|上市|大型|小型|中型|有限|责任|股份|保险|贸易|建筑|汽车|化工|纺织|服装|电子|电器|电机"
    "|食品|钢铁|机械|印刷|造纸|水泥|玻璃|陶瓷|家具|木材|木器|皮革|制鞋|制药|砖瓦|炼油|石油|化肥|农机|机床|制造|加工"
    "|修理|棉纺|毛纺|丝绸|金属|五金|塑料|橡胶|发电|自来水|兵工|军工|三线|无线电|仪表|轴承|拖拉机|自行车|手表|科技|网络"
    "|互联网|物业|房地产|地产|运输|物流|快递|公交|出租车|旅游|广告|投资|咨询|装修|装饰|工程|商贸|劳务|信息|软件|电力"
    "|电信|通信|商业|百货|供销|人民|中心|综合|精神病|妇幼|保健|妇产|儿童|儿科|肿瘤|传染病|康复|中医|西医|三甲|公安|警察"
    "|高级|中级|最高|基层|铁路|女子|劳改|科学|文革|革命|时期|期间|希望|中心校|实验|双语|国际|寄宿|贵族|毕业|文化|程度"
    "|学历|文凭|工作|上班|下岗|打工|退休|辞职|就职|任职|开办|成立|学生|老师|工人|职工|农民|干部|领导|负责|关押|押送"
    "|送往|刚刚|后来|现在|以前|原来|某某|一家|两家|高中|初中|小学|中学|大学|工厂|幼儿园|名牌|任何|许多|上学|空军|海军"
    "|陆军|解放军|武警|首都|家乡|老家|新建|创办|卷烟|酿酒|第[一二三四五六七八九十]"
)
_BEFORE_A_NAME = "省市县区乡镇村州送带抓抬住上下并只办开有要想再比像跟向往靠用请找看查问告见出起点此其无另同整班校军大小老新旧好等"
"""What kinds of institutions are called, and what may stand before one: nothing of this is its name."""


def find(text: str) -> Iterator[Passage]:
    """The addresses, schools and workplaces of `text`, which is in one form already."""
    for found in (*_DOOR.finditer(text), *_HOUSE.finditer(text)):
        start = _start(text, found.start(), _IN_ADDRESSES, _BEFORE_AN_ADDRESS)
        if start < found.start():
            yield Passage(start, found.end(), "address")
    for pattern in (*_VILLAGES, _STREETS, _FLAT):
        yield from (Passage(found.start(), found.end(), "address") for found in pattern.finditer(text))
    for found in _INSTITUTION.finditer(text):
        start = _start(text, found.start(), _IN_INSTITUTIONS, _BEFORE_AN_INSTITUTION)
        if len(_GENERIC.sub("", text[start : found.start()]).lstrip(_BEFORE_A_NAME)) >= 2:
            yield Passage(start, found.end(), "workplace")
    for found in _IN_ENGLISH.finditer(text):
        if set(found["name"].split()) - _GENERIC_IN_ENGLISH:
            yield Passage(found.start(), found.end(), "workplace")
    yield from (Passage(found.start("it"), found.end("it"), "workplace") for found in _SCHOOL_BY_NUMBER.finditer(text))


def _start(text: str, end: int, wanted: re.Pattern[str], most: int) -> int:
    """Where the characters begin that are all `wanted`, stand before `end`, and are at most so many."""
    start = end
    while start > 0 and end - start < most and wanted.match(text, start - 1):
        start -= 1
    return start
