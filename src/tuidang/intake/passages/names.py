"""Names of persons, where something beside them says that a name stands there: a relation, a title, a signature, 我叫.

In Chinese a name counts only if it is made of characters that names are mostly made of, but for places where nothing else can stand.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from tuidang.intake.passages.found import Passage
from tuidang.intake.policies import folded
from tuidang.reference import pack

_HAN = r"[\u4e00-\u9fff]"
_SURNAME = (
    "欧阳|司马|上官|诸葛|[王李张刘陈杨黄赵吴周徐孙马朱胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔陆"
    "廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷龙段郝孔邵史毛顾赖康贺尹钱施牛洪龚汤陶黎莫樊殷柳庄]"
)
_GIVEN = (
    "[伟芳娜秀敏静丽强磊军洋勇艳杰娟涛超霞刚桂英华玉萍红玲芬燕彬鹏辉梅莉兰淑珍凤琴洁琳晶婷雪慧莹倩颖佳俊峰浩宇轩泽晨梓涵欣怡诗嘉琪子睿博文志建国"
    "庆福贵荣昌祥瑞斌鑫飞波宁亮健龙虎林森松柏海洪江河春夏秋冬晓小明光永胜德才武世忠义仁礼信诚正新民兴旺财宝根生水金银铁石山岩月星云霖雯雅美惠香菊莲荷"
    "蓉薇茹媛婉娥姣丹彤彩虹琼瑶珊瑾璐瑜琦玮珏钰锋钢铭锐锦钧鸿鹤翔毅恒康顺利安平宏卫东西南北立元启凯旋帆航震雷霆旭阳煜灿炜焕炎坤乾茂盛树桐楠梁栋三四五]"
)
_NAME = f"(?P<name>(?:{_SURNAME}){_GIVEN}{{1,2}})"
_CALLED = "声明人[:： ]{0,3}|署名[:： ]{0,3}|签名[:： ]{0,3}|签字[:： ]{0,3}|我是|本人"
_BY_NAME = "我叫|名叫|名字叫|名字是|姓名[:： ]{1,3}|真名[叫是]"
"""After these a name follows, whatever it is made of."""
_RELATIONS = (
    "我爸|我妈|我爹|我娘|我哥|我姐|我弟|我妹|父亲|母亲|爸爸|妈妈|丈夫|妻子|老公|老婆|爱人|儿子|女儿|哥哥|姐姐|弟弟|妹妹|爷爷|奶奶|外公|外婆|姥姥|姥爷|叔叔|伯伯|舅舅|姑姑|姨妈|岳父|岳母|表哥|表姐"
    "|表弟|表妹|堂哥|堂弟|侄子|外甥|孙子|孙女|大伯|二伯|大叔|大姨|二姨|姑妈|舅妈|婶婶|嫂子|姐夫|妹夫|女婿|儿媳|公公|婆婆|师傅|徒弟|老板|室友|房东|同事|同学|邻居|朋友|战友|老师|班主任|校长|书记|局长|处长|科长|所长|队长|连长|指导员|村长|支书|主任|厂长|经理|警察|狱警|法官|医生"
)
_TITLES = "先生|女士|老师|同志|教授|医生|律师|校长|书记|局长|处长|科长|所长|队长|主任|厂长|经理|法官|警官|大哥|大姐|阿姨|叔叔"
_END = r"(?=[\W在是于被说和与也都就从把对的有叫让因曾等声今现自年出先老同教没不去来到给想要会已入退加参签住病]|$)"
"""What may follow a name: else it is the beginning of other words."""
_ANY_NAME = f"(?:{_SURNAME}){_HAN}{{1,2}}"
_DAY = (
    r"(?:[0-9]{2,4}[年./-][0-9]{1,2}[月./-](?:[0-9]{1,2}日?)?"
    r"|[二一〇○零九八七六五四三]{4}年[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十]{1,3}日)?)"
)
_NAMES = (
    re.compile(f"(?:{_CALLED}|{_RELATIONS})[ 叫是:：]{{0,2}}{_NAME}{_END}"),
    re.compile(f"(?:{_BY_NAME})[ :：]{{0,2}}{_NAME}{_END}"),
    re.compile(f"(?:{_BY_NAME})[ :：]{{0,2}}(?P<name>{_ANY_NAME})(?![\u4e00-\u9fff])"),
    re.compile(f"{_NAME}(?:{_TITLES})"),
    re.compile(f"{_NAME}[ ]?[(]?(?:签名|签字|亲笔|敬上|谨上|敬启|留字|画押|按手印|立此)"),
    # A signature: after the last sentence or on a line of its own, with a day or without.
    re.compile(rf"(?:^|[。!！.…”])[ \t]{{0,9}}{_NAME}[ \t]{{0,9}}(?:{_DAY})?[ \t.。]{{0,9}}$", re.MULTILINE),
    re.compile(
        rf"(?:^|[。!！.…”])[ \t]{{0,9}}(?P<name>{_ANY_NAME})(?:[ \t]{{1,9}}|[ \t]{{0,9}}\n[ \t]{{0,9}}){_DAY}[ \t.。]{{0,9}}$", re.MULTILINE
    ),
    # Of many peoples of China, and from abroad.
    re.compile(rf"(?:(?<![\u4e00-\u9fff《·])|我叫|名叫|我是|本人|{_RELATIONS})(?P<name>{_HAN}{{2,6}}[·•・‧]{_HAN}{{2,6}}?)(?![·》]){_END}"),
)
_SOMEBODY = f"(?:{_SURNAME}){_GIVEN}{{1,2}}"
_TITLED = (
    re.compile(f"(?:给|致)(?:我的)?{_NAME}(?:的|之)?(?:信|公开信|一封信|话|几句话)"),
    re.compile(rf"(?:^|[《\s])(?:写?给|致){_NAME}(?=[:：,，》]|$)", re.MULTILINE),
    re.compile(f"(?<![\u4e00-\u9fff])我[和与跟同]{_NAME}的"),
    re.compile(
        rf"(?:^|[ ,，:：《])(?P<name>{_SOMEBODY})(?:的|之)?(?:三退|退[党团队]{{1,3}})?(?:声明|自白|自述|心声|告白|公开信|三退)",
        re.MULTILINE,
    ),
)
"""As in titles: 给…的信, …的声明."""
_TOGETHER = re.compile(
    rf"(?<![\u4e00-\u9fff])(?:我(?:和|与|跟|同))?(?P<list>{_SOMEBODY}(?:(?:和|与|跟|同|以及|、|,|，){_SOMEBODY}){{0,9}})"
    "(?=都|也|一起|一同|共同|自愿|的?(?:三退|退[党团队]{1,3})?声明|同意|退出|退党|退团|三退|要求|决定)"
)
_LISTED = re.compile(
    r"^[ \t]*(?:三退|退(?:出)?[党团队、 ]{1,8}|(?:声明|退出|退党|申请|签字|签名)人|签字|姓名)[:：](?P<list>[^\n。]{1,200})", re.MULTILINE
)
_IN_LIST = re.compile(rf"(?<![\u4e00-\u9fff])(?:{_SURNAME})[\u4e00-\u9fff]{{1,2}}(?![\u4e00-\u9fff])")
_IN_SENTENCE = re.compile(_SOMEBODY)
_WORD = "[A-Z](?:[a-z]{1,15}(?:-[a-z]{1,15})?|[A-Z]{1,15}(?![a-z]))"
_ENGLISH = f"(?P<name>{_WORD}(?:[ -]{_WORD}){{1,2}})"
_NAMES_IN_ENGLISH = (
    re.compile(
        r"(?<![A-Za-z])(?:[Mm]y|[Oo]ur)[ ](?:father|mother|dad|mum|mom|husband|wife|son|daughter|brother|sister|uncle|aunt|cousin|neighbou?r|friend"
        rf"|teacher|boss|colleague|classmate|grandfather|grandmother),?[ ]{_ENGLISH}"
    ),
    re.compile(
        r"(?<![A-Za-z])(?:[Mm]y[ ](?:real[ ]|full[ ])?name[ ]is|I[ ]am[ ]called|[Tt]hey[ ]call[ ]me)[ ]"
        rf"(?P<name>{_WORD}(?:[ -]{_WORD}){{0,2}})(?![A-Za-z])"
    ),
    re.compile(rf"(?<![A-Za-z])(?:[Ss]igned(?:[ ]by)?|[Ss]incerely|[Yy]ours[ ]truly|[Nn]ame)[ ]?[,:][\s]{{0,3}}{_ENGLISH}"),
    re.compile(rf"(?<![A-Za-z])(?:I[ ]am|I'm|I,|I’m)[ ]{_ENGLISH}(?=[,.;!?\n]|[ ](?:and|from|of|born|declare|withdraw|hereby)|$)"),
    re.compile(rf"(?<![A-Za-z])(?:[Ll]etter[ ]to|(?:[Dd]eclaration|[Ss]tatement)[ ]by)[ ]{_ENGLISH}"),
    re.compile(
        rf"(?:^|[\"“])[ ]?{_ENGLISH}['’]s[ ](?:[a-z]{{1,12}}[ ])?(?:[Dd]eclaration|[Ss]tatement|[Ll]etter|[Ww]ithdrawal)", re.MULTILINE
    ),
    re.compile(rf"(?<![A-Za-z])(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Officer|Judge|Comrade)\.?[ ]{_ENGLISH}"),
)
_NO_NAMES = frozenset(
    re.findall(
        r"\w+",
        "高兴 周三 周四 周五 马虎 叶子 金子 石子 毛子 胡子 孙子 王子 林子 孔子 孟子 庄子 "
        "汪洋 贺新春 金华 方平 高明 高飞 高峰 高中 高学 马上 张三 李四 王五 王国 江山 江河 江海 江南 江西 江北 江东 黄金 黄海 "
        "黄河 黄山 金银 金山 金星 金石 石林 石河 石雷 雷锋 雷霆 韩国 许多 陆军 方正 方才 陆海 康平 康健 苏东 "
        "苏北 苏南 夏利 夏秋 夏天 林立 林海 林森 田林 龙江 龙虎 唐宁 唐三 牛山 史学 庄严 黎明 柳三 钱财 钱三 "
        "毛三 何三 何五 毛泽东 邓小平 江泽民 胡锦涛 习近平 周恩来 朱德 刘少奇 赵紫阳 胡耀邦 李鹏 李洪志 "
        "刘晓波 孙中山 温家宝 李克强 薄熙来 周永康 林彪 江青 华国锋 郭文贵 马克思 恩格斯 列宁 斯大林 戈尔巴乔夫 里根 特朗普 ",
    )
)
"""Words that look like names, names that stand for nobody, and public figures."""
_NO_BEGINNINGS = frozenset(("许多", "马上", "高兴", "方才", "高中", "高层", "何时", "周围", "方便", "时间"))
_NO_NAMES_IN_ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "Communist Party Young Pioneers Pioneer Youth League China Chinese Beijing Shanghai Tiananmen "
        "Cultural Revolution Red Guard Great Leap Thank You New Year Star God The "
        "American Han Tibetan Uyghur Mongolian Kong Taiwan Taiwanese Canadian Australian British Republic People Army Province City "
        "University School CCP CPC PRC A An Christian Catholic Buddhist Falun Dafa Gong Mao Zedong Xi Jinping ",
    )
)


def find(text: str, known: Collection[str]) -> Iterator[Passage]:
    """The names in `text`, which is in one form already, but for those of `known`, which are folded."""
    for pattern in (*_NAMES, *_TITLED, *_NAMES_IN_ENGLISH):
        for found in pattern.finditer(text):
            if _is_someone(found["name"], known):
                yield Passage(found.start("name"), found.end("name"), "name")
    for lists, one in ((_LISTED, _IN_LIST), (_TOGETHER, _IN_SENTENCE)):
        for line in lists.finditer(text):
            for found in one.finditer(line["list"]):
                if _is_someone(found[0], known):
                    yield Passage(line.start("list") + found.start(), line.start("list") + found.end(), "name")


def _is_someone(name: str, known: Collection[str]) -> bool:
    if folded(name) in known:
        return False
    if name[0].isascii():
        return not _NO_NAMES_IN_ENGLISH & set(re.split("[ -]", name))
    words = {name, re.split("[·•・‧]", name)[-1]}
    return folded(name) not in _aliases() and not words & _NO_NAMES and name[:2] not in _NO_BEGINNINGS and name[-1] != "小"


@cache
def _aliases() -> frozenset[str]:
    """Suggested names stand for nobody."""
    return frozenset(map(folded, pack.aliases()))
