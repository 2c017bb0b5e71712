"""Passages of what was typed that could tell who someone is: for the check page, which marks them and lets the person decide.

Pure and linear. Rather a passage missed than a false alarm: who is warned of nothing three times does not read the fourth warning. So a name
counts only beside a word that says that a name follows (a relation, a title, 我叫), and in Chinese only made of characters that names are
mostly made of.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from tuidang.intake.policies import folded, simplified

Kind = Literal["identity", "phone", "email", "account", "address", "name"]
MOST_SHOWN = 50
"""Passages that are marked; a text that has more is no ordinary one."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Where something stands in a text, and what it seems to be."""

    start: int
    end: int
    kind: Kind


_DIGITS = re.compile(r"\+?\(?[0-9](?:[ ().-]{0,3}[0-9])*(?:[ -]?[Xx](?![A-Za-z]))?")
_PIECES = re.compile(r"\+?[0-9]+[Xx]?")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_PROVINCES = frozenset((*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83))
_MOBILE = re.compile(r"(?:\+?86|0086)?1[3-9][0-9]{9}")
_ABROAD = re.compile(r"\+[1-9][0-9]{8,14}")
_LANDLINE = re.compile(r"\(?0[1-9][0-9]{1,2}[ )-]{1,3}[1-9][0-9]{2,3}[ -]?[0-9]{4}")
_TOLD = re.compile(r"(?:电话|手机|热线|致电|[Tt]el|TEL|[Pp]hone|[Mm]obile)(?:号码|号| ?number| ?no)?(?:是|为| is)?[\s.:：]{0,3}$")
_TOLD_LENGTH = 16
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_ACCOUNTS = (
    re.compile(r"(?<![A-Za-z])(?:QQ|qq|扣扣|企鹅)(?:号码|号|群|是|为)?[\s:：]{0,3}[1-9][0-9]{4,11}(?![0-9])"),
    re.compile(
        r"(?<![A-Za-z])(?:微信|薇信|威信|[Ww]e[Cc]hat|[Ww]eixin|[Vv][Xx])"
        r"(?:(?:号|账号|[ ]?ID|[ ]?id)(?:是|为|[ ]is)?[\s:：]{0,3}[A-Za-z][A-Za-z0-9_-]{5,19}"
        r"|(?:是|为)?[\s:：]{0,3}[A-Za-z](?=[A-Za-z_-]{0,18}[0-9])[A-Za-z0-9_-]{5,19})(?![A-Za-z0-9_-])"
    ),
    re.compile(r"(?:电报|[Tt]elegram|TG|[Ss]ignal|[Ww]hats[Aa]pp|LINE|[Tt]witter|推特)(?:号|账号| ID)?[\s:：]{0,3}@[A-Za-z0-9_]{4,32}"),
)
_NUMBER = "[0-9一二三四五六七八九十百零〇两]{1,6}"
_ADDRESSES = (
    re.compile(
        rf"[\u4e00-\u9fff]{{1,8}}(?:路|街|大道|巷|弄|胡同|小区|新村|花园|村)[东西南北中]?[ ]?{_NUMBER}[ ]?(?:号|弄|栋|幢|座)"
        rf"(?:[ ]?{_NUMBER}[ ]?(?:号楼|号|栋|幢|单元|室|楼)){{0,4}}"
    ),
    re.compile(
        r"(?<![A-Za-z0-9])(?!(?:19|20)[0-9]{2}[ ])[0-9]{1,5}[ ][A-Z][a-z]{1,20}(?:[ ][A-Z][a-z]{1,20}){0,2}[ ]"
        r"(?:Street|Road|Avenue|Lane|Drive|Boulevard|St|Rd|Ave|Dr|Blvd)(?![A-Za-z])"
    ),
)
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
_CALLED = "我叫|名叫|名字叫|名字是|姓名[:： ]{1,3}|声明人[:： ]{0,3}|署名[:： ]{0,3}|签名[:： ]{0,3}|我是|本人"
_RELATIONS = (
    "父亲|母亲|爸爸|妈妈|丈夫|妻子|老公|老婆|爱人|儿子|女儿|哥哥|姐姐|弟弟|妹妹|爷爷|奶奶|外公|外婆|姥姥|姥爷|叔叔|伯伯|舅舅|姑姑|姨妈|岳父|岳母|表哥|表姐"
    "|表弟|表妹|堂哥|堂弟|侄子|外甥|孙子|孙女|同事|同学|邻居|朋友|战友|老师|班主任|校长|书记|局长|处长|科长|所长|队长|主任|厂长|经理|警察|狱警|法官|医生"
)
_TITLES = "先生|女士|老师|同志|教授|医生|律师|校长|书记|局长|处长|科长|所长|队长|主任|厂长|经理|法官|警官|大哥|大姐|阿姨|叔叔"
_END = r"(?=[\W在是于被说和与也都就从把对的有叫让因曾等声今现自年出先老同]|$)"
"""What may follow a name: else it is the beginning of other words."""
_NAMES = (
    re.compile(f"(?:{_CALLED}|{_RELATIONS})[ 叫是:：]{{0,2}}{_NAME}{_END}"),
    re.compile(f"{_NAME}(?:{_TITLES})"),
)
_LISTED = re.compile(r"^[ \t]*(?:三退|退(?:出)?[党团队、 ]{1,8}|声明人|姓名)[:：](?P<list>[^\n。]{1,200})", re.MULTILINE)
_IN_LIST = re.compile(rf"(?<![\u4e00-\u9fff])(?:{_SURNAME})[\u4e00-\u9fff]{{1,2}}(?![\u4e00-\u9fff])")
_ENGLISH = r"(?P<name>[A-Z][a-z]{1,15}(?:[ -][A-Z][a-z]{1,15}){1,2})"
_NAMES_IN_ENGLISH = (
    re.compile(
        r"(?<![A-Za-z])(?:[Mm]y|[Oo]ur)[ ](?:father|mother|dad|mum|mom|husband|wife|son|daughter|brother|sister|uncle|aunt|cousin|neighbou?r|friend"
        rf"|teacher|boss|colleague|classmate|grandfather|grandmother|name[ ]is)[,]?[ ]{_ENGLISH}"
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
        "刘晓波 孙中山 温家宝 李克强 薄熙来 周永康 林彪 江青 华国锋 郭文贵 ",
    )
)
"""Words that look like names, names that stand for nobody, and public figures."""
_NO_NAMES_IN_ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "Communist Party Young Pioneers Pioneer Youth League China Chinese Beijing Shanghai Tiananmen "
        "Cultural Revolution Red Guard Great Leap Thank You New Year Star God The ",
    )
)


def passages(text: str, known: Iterable[str] = ()) -> tuple[Passage, ...]:
    """The passages of `text`, left to right, none over another. Names in `known` (those of the declaration itself) are not reported."""
    plain = text.translate(_one_form())
    found = [*_numbers(plain), *_matches(plain), *_names(plain, frozenset(map(folded, known)))]
    shown: list[Passage] = []
    for one in sorted(found, key=lambda passage: (passage.start, -passage.end)):
        if not shown or one.start >= shown[-1].end:
            shown.append(one)
    return tuple(shown[:MOST_SHOWN])


@cache
def _one_form() -> dict[int, str]:
    """For `str.translate`, one character for one: full-width forms to narrow ones, traditional to simplified."""
    wide = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " "}
    del wide[ord("：")]
    return {code: chr(to) for code, to in simplified().items()} | wide


def _numbers(text: str) -> Iterator[Passage]:
    for run in _DIGITS.finditer(text):
        kind = _kind(run[0], text[max(0, run.start() - _TOLD_LENGTH) : run.start()])
        if kind:
            yield Passage(run.start(), run.end(), kind)
            continue
        for piece in _PIECES.finditer(run[0]):
            if kind := _kind(piece[0], ""):
                yield Passage(run.start() + piece.start(), run.start() + piece.end(), kind)


def _kind(run: str, before: str) -> Kind | None:
    digits = re.sub(r"[ ().-]", "", run).upper()
    if _is_identity_number(digits):
        return "identity"
    if _MOBILE.fullmatch(digits) or _ABROAD.fullmatch(digits) or _LANDLINE.fullmatch(run):
        return "phone"
    return "phone" if 7 <= len(digits) <= 15 and _TOLD.search(before) else None


def _is_identity_number(digits: str) -> bool:
    """18 characters with a check digit, or the 15 digits of old cards, with a province and a day of birth."""
    if len(digits) not in (15, 18) or not digits[:15].isdigit() or int(digits[:2]) not in _PROVINCES:
        return False
    born = f"19{digits[6:12]}" if len(digits) == 15 else digits[6:14]
    if not born.isdigit() or not _is_day(born):
        return False
    if len(digits) == 15:
        return True
    return (
        digits[:17].isdigit()
        and _CHECK_DIGITS[sum(int(one) * weight for one, weight in zip(digits, _WEIGHTS, strict=False)) % 11] == digits[17]
    )


def _is_day(written: str) -> bool:
    try:
        return 1900 <= date(int(written[:4]), int(written[4:6]), int(written[6:])).year <= 2099
    except ValueError:
        return False


def _matches(text: str) -> Iterator[Passage]:
    patterns: tuple[tuple[Kind, tuple[re.Pattern[str], ...]], ...] = (("email", (_EMAIL,)), ("account", _ACCOUNTS), ("address", _ADDRESSES))
    for kind, some in patterns:
        for pattern in some:
            yield from (Passage(found.start(), found.end(), kind) for found in pattern.finditer(text))


def _names(text: str, known: Collection[str]) -> Iterator[Passage]:
    for pattern in (*_NAMES, *_NAMES_IN_ENGLISH):
        for found in pattern.finditer(text):
            if _is_someone(found["name"], known):
                yield Passage(found.start("name"), found.end("name"), "name")
    for line in _LISTED.finditer(text):
        for found in _IN_LIST.finditer(line["list"]):
            if _is_someone(found[0], known):
                yield Passage(line.start("list") + found.start(), line.start("list") + found.end(), "name")


def _is_someone(name: str, known: Collection[str]) -> bool:
    if name[0].isascii():
        return folded(name) not in known and not _NO_NAMES_IN_ENGLISH & set(re.split("[ -]", name))
    return folded(name) not in known and name not in _NO_NAMES and name[-1] != "小"
