"""What could tell who someone is, is seen where it stands; ordinary sentences of such declarations raise no alarm."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tuidang.intake.passages import MOST_SHOWN, passages
from tuidang.intake.policies import LONGEST_TEXT
from tuidang.reference import pack


def seen(text: str, *known: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in passages(text, known)]


@pytest.mark.parametrize(
    ("text", "kind", "passage"),
    [
        ("身份证11010519491231002X。", "identity", "11010519491231002X"),
        ("证号 440524 19800101 0013", "identity", "440524 19800101 0013"),
        ("身份证１１０１０５１９４９１２３１００２Ｘ", "identity", "１１０１０５１９４９１２３１００２Ｘ"),
        ("老身份证130503670401001", "identity", "130503670401001"),
        ("请打13800138000找我", "phone", "13800138000"),
        ("电话：+86 138-0013-8000", "phone", "+86 138-0013-8000"),
        ("call +1 604 555 0199 please", "phone", "+1 604 555 0199"),
        ("家里010-62345678", "phone", "010-62345678"),
        ("电话号码是 62345678", "phone", "62345678"),
        ("手機：0912345678", "phone", "0912345678"),
        ("write to far.hill@example.org.", "email", "far.hill@example.org"),
        ("QQ：123456789", "account", "QQ：123456789"),
        ("我的微信号 farhill_88，加我", "account", "微信号 farhill_88"),
        ("WeChat ID: farhill", "account", "WeChat ID: farhill"),
        ("Telegram @farhill", "account", "Telegram @farhill"),
        ("住在人民路12号3单元401室", "address", "住在人民路12号3单元401室"),
        ("I live at 12 Cedar Street now", "address", "12 Cedar Street"),
        ("我父亲王建国在工厂做工", "name", "王建国"),
        ("我父親劉國強也退出", "name", "劉國強"),
        ("我叫李晓明，今年六十", "name", "李晓明"),
        ("姓名：陈丽华", "name", "陈丽华"),
        ("同事马强说的", "name", "马强"),
        ("本人张建国声明退出", "name", "张建国"),
        ("感谢张志强老师", "name", "张志强"),
        ("三退：周海燕、吴秋实", "name", "周海燕"),
        ("退党：周桂英", "name", "周桂英"),
        ("My father Li Guoqiang joined in 1965.", "name", "Li Guoqiang"),
        ("I thank Mr. Zhang Wei for this.", "name", "Zhang Wei"),
        ("My name is John Smith.", "name", "John Smith"),
    ],
)
def test_what_could_tell_who_someone_is_is_marked_where_it_stands(text, kind, passage):
    assert (kind, passage) in seen(text)


def test_each_name_of_a_list_is_marked():
    assert seen("退团队：周海燕、吴秋实，远山") == [("name", "周海燕"), ("name", "吴秋实")]


@pytest.mark.parametrize("known", ["王建国", "王 建国", "王建國"])
def test_the_names_of_the_declaration_itself_are_no_news(known):
    assert seen("我叫王建国，声明退出。", known) == []


def test_every_ready_sentence_passes_and_every_suggested_name():
    for text in (*pack.every_sentence(), *pack.aliases()):
        assert seen(text) == [], text
        assert seen(f"我叫{text}，我父亲{text}") == [], text


ORDINARY = [
    "我父亲高兴地说，他早就想退了。",
    "母亲曾经是先进工作者，父亲于1958年入党。",
    "小学老师从小教我们唱歌，高中老师要我们写申请。",
    "任课老师和班主任都是党员，村党支部书记来收党费。",
    "1989年6月4日，北京。2004-12-03 起，到 2022.08.03，四亿人。",
    "我的编号是 20040301001，发票号 0012345678901234567。",
    "自从 1966 年到 1976 年，十年浩劫，死了 2000000 人。",
    "我住在四川省成都市，后来去了加拿大温哥华。",
    "毛泽东、邓小平、江泽民的时代过去了。敬爱的周恩来同志。",
    "我叫一个普通的中国公民，本人自愿退出。",
    "同学们全班入队，邻居们都知道。朋友圈里没有人敢说。",
    "儿子安平，女儿高考，丈夫陆军退伍，妻子方便时再说。",
    "父亲严厉，母亲温和，爷爷何时入党我不知道。",
    "微信被封了三次，QQ也被封了，微信 account 没有了。",
    "妈妈马上要我写检查，爸爸许多年没有说话。",
    "金牌律师不敢接这个案子，江西老师讲的。",
    "公安局长、派出所所长、警察局长都来过。",
    "张三李四王五，谁都一样。张三先生、王某、李某某、王老师。",
    "我是高中生，我是东北人，我是金属厂工人，本人马上退休。",
    "长安街上，五四路口，三里屯，一百二十号人在等。",
    "三退：自愿。退党：以前入过。声明人：一个公民",
    "退出党团队：我和全家",
    "医生马虎，妹妹叶子，弟弟石头，姐姐周三来，哥哥周五，同学贺新春。",
    "我是金华人，我是方平村人，本人马安山下长大，女儿叶小学毕业，儿子高小毕业，我爷爷汪洋大海里打鱼。",
    "我和邻居王大妈都退出，老李、小张也一样，我爱人江小姐，班主任刘老师。",
    "I was a Young Pioneer; my teacher was in the Communist Party and my father hated it.",
    "My mother Communist Party member, Mr. Communist Youth League.",
    "On 4 June 1989 at 10 p.m. Section 12 Road closed. In 2004 Beijing Street was quiet.",
    "I paid 12.50 yuan, then 1,234,567.89; card no. 4.",
    "Chairman Mao Zedong died in 1976. Thank you, teachers.",
    "我用 WeChat: blocked, QQ: none.",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_sentences_raise_no_alarm(text):
    assert seen(text) == []


@pytest.mark.parametrize(
    "number", ["110105194912310021", "11010519491331002X", "990105194912310020", "130503671301001", "123456789012345678"]
)
def test_a_number_without_a_right_check_digit_province_or_day_is_no_identity_number(number):
    assert seen(number) == []


_PIECES = st.sampled_from(
    [
        "我父亲",
        "王",
        "建国",
        "QQ",
        "微信号",
        ":",
        "@",
        "1",
        "-",
        " ",
        "86",
        "13800138000",
        "路",
        "12号",
        "三退：",
        "\n",
        "My father ",
        "Li ",
        "Ming",
        "张",
        "x",
        ".",
        "(",
    ]
)


@given(st.text() | st.lists(_PIECES, max_size=60).map("".join), st.lists(st.text(max_size=5), max_size=3))
@example("㍿" * 3, ["㍿"])
def test_any_text_has_passages_in_order_and_inside_it(text, known):
    found = passages(text, known)
    assert len(found) <= MOST_SHOWN
    at = 0
    for one in found:
        assert at <= one.start < one.end <= len(text)
        at = one.end


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "1-",
        "1",
        "a",
        "a@",
        "a.",
        "路",
        "我父亲王",
        "王建国",
        "QQ",
        "微信号",
        "张",
        "My father ",
        "Li ",
        "三退：\n",
        "三退：张三、",
        "电话",
        "一百号",
        "+86 ",
        "((",
    ],
)
def test_no_text_costs_more_than_its_length(piece):
    def least(length: int) -> float:
        text, seconds = (piece * length)[:length], []
        for _ in range(3):
            begin = time.process_time()
            passages(text)
            seconds.append(time.process_time() - begin)
        return min(seconds)

    assert least(LONGEST_TEXT) < 0.5
    assert least(4 * LONGEST_TEXT) < 10 * max(least(LONGEST_TEXT), 0.001)
