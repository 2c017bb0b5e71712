# Sourced by the commands at the root: sets up a virtual environment from the hashed locks, again only when they changed.
#
# Input: TUIDANG_HOME, the checkout. Everything is quoted, for a path may hold spaces; plain sh, for Debian's sh is dash.
# Two set-ups at once wait for each other, and one that was interrupted is done again: the stamp is written last.

export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

# The language of the messages: that of the terminal.
case "${LC_ALL:-${LC_MESSAGES:-${LANG:-en}}}" in
zh_TW* | zh_HK* | zh_MO* | zh_Hant*) TUIDANG_MESSAGES=hant ;;
zh*) TUIDANG_MESSAGES=hans ;;
*) TUIDANG_MESSAGES=en ;;
esac

# say ENGLISH SIMPLIFIED TRADITIONAL: one line on standard error, so that a command's output stays its own.
say() {
    case "$TUIDANG_MESSAGES" in
    hans) printf '%s\n' "$2" >&2 ;;
    hant) printf '%s\n' "$3" >&2 ;;
    *) printf '%s\n' "$1" >&2 ;;
    esac
}

fail() {
    say "$@"
    exit 2
}

# version_of PYTHON: "3.12" for example, nothing where it does not run.
version_of() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true
}

# find_python: prints the first Python from 3.11 on, the system's own choice before others.
find_python() {
    for name in python3 python3.13 python3.12 python3.11 python3.14; do
        if path=$(command -v "$name") && "$path" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$path"
            return
        fi
    done
}

# install_debian PACKAGE...: installs Debian's packages as root without a question; says what to type where it may not.
install_debian() {
    if ! command -v apt-get >/dev/null; then
        fail "This needs: $*. Please install it with your system's package manager, then try again." \
            "需要：$*。请用系统的软件包管理器安装，然后再试一次。" \
            "需要：$*。請用系統的套件管理工具安裝，然後再試一次。"
    fi
    if [ "$(id -u)" -ne 0 ]; then
        fail "This needs: $*. Please run, then try again:  sudo apt-get update && sudo apt-get install $*" \
            "需要：$*。请运行下面的命令，然后再试一次：  sudo apt-get update && sudo apt-get install $*" \
            "需要：$*。請執行下面的命令，然後再試一次：  sudo apt-get update && sudo apt-get install $*"
    fi
    say "Installing $* from the system's packages …" "正在安装系统软件包 $* ……" "正在安裝系統套件 $* ……"
    apt_log=$(mktemp)
    if ! {
        apt-get update &&
            DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
    } </dev/null >"$apt_log" 2>&1 9<&-; then
        tail -n 15 "$apt_log" >&2
        rm -f "$apt_log"
        fail "apt-get could not install $* (its last lines are above)." \
            "apt-get 未能安装 $*（最后几行输出见上）。" \
            "apt-get 未能安裝 $*（最後幾行輸出見上）。"
    fi
    rm -f "$apt_log"
}

# need_python: sets PYTHON to one that can make a virtual environment, or stops with what to do.
need_python() {
    PYTHON=$(find_python)
    if [ -z "$PYTHON" ] && ! command -v python3 >/dev/null; then
        install_debian python3 python3-venv
        PYTHON=$(find_python)
    fi
    if [ -z "$PYTHON" ]; then
        found=$(version_of python3)
        fail "Python 3.11 or newer is needed; python3 here is ${found:-missing}." \
            "需要 Python 3.11 或更新的版本；这里的 python3 是：${found:-没有}。" \
            "需要 Python 3.11 或更新的版本；這裡的 python3 是：${found:-沒有}。"
    fi
    # Debian has the module that puts pip into an environment in a package of its own.
    if ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
        install_debian "python$(version_of "$PYTHON")-venv"
    fi
}

# fingerprint VENV LOCK...: changes with the locks, the project's file, the place of the checkout and the Python inside.
fingerprint() {
    version=$(version_of "$TUIDANG_HOME/$1/bin/python")
    shift
    printf '%s\n%s\n' "$TUIDANG_HOME" "$version"
    (cd -- "$TUIDANG_HOME" && sha256sum pyproject.toml "$@")
}

# is_ready VENV LOCK...: whether the environment is what the locks say.
is_ready() {
    [ -f "$TUIDANG_HOME/$1/ready" ] && [ "$(fingerprint "$@")" = "$(cat -- "$TUIDANG_HOME/$1/ready")" ]
}

# install LOG TOTAL ARGUMENT...: pip, with a line that counts on a terminal; the end of its log where it fails.
install() {
    log=$1 total=$2
    shift 2
    counter=
    if [ -t 2 ]; then
        # It ends by itself where this script is killed.
        while kill -0 $$ 2>/dev/null; do
            done_now=$(grep -c '^Collecting ' "$log" 2>/dev/null || true)
            printf '\r  %s / %s ' "${done_now:-0}" "$total" >&2
            sleep 0.5
        done 9<&- &
        counter=$!
    fi
    status=0
    "$venv/bin/python" -m pip install --progress-bar off "$@" </dev/null >>"$log" 2>&1 9<&- || status=$?
    if [ -n "$counter" ]; then
        kill "$counter" 2>/dev/null || true
        wait "$counter" 2>/dev/null || true
        printf '\r               \r' >&2
    fi
    if [ "$status" -ne 0 ]; then
        tail -n 15 "$log" >&2
        fail "Packages could not be installed: is the network there? Everything pip said is in $log. Trying again is safe." \
            "未能安装软件包：网络是否通畅？pip 的全部输出在 $log。可以放心重试。" \
            "未能安裝套件：網路是否暢通？pip 的全部輸出在 $log。可以放心重試。"
    fi
}

# need_writable: stops with what to do where the environment, which this user cannot use as it is, cannot be made either.
need_writable() {
    if [ -w "$TUIDANG_HOME" ] && { [ ! -e "$venv" ] || [ -w "$venv" ]; }; then
        return
    fi
    fail "$venv is not ready for you, and you may not write there. Run this as the user who owns $TUIDANG_HOME, or copy that folder to a place of your own and run it there." \
        "$venv 还不能供您使用，而您在那里没有写入权限。请用 $TUIDANG_HOME 所属的用户运行，或把整个文件夹复制到您自己的位置，再从那里运行。" \
        "$venv 還不能供您使用，而您在那裡沒有寫入權限。請用 $TUIDANG_HOME 所屬的使用者執行，或把整個資料夾複製到您自己的位置，再從那裡執行。"
}

# build VENV LOCK...: makes or renews the environment. The stamp goes first and comes last.
build() {
    name=$1
    venv=$TUIDANG_HOME/$name
    shift
    need_writable
    need_python
    say "Setting up $name with Python $(version_of "$PYTHON") (a minute or two) …" \
        "正在用 Python $(version_of "$PYTHON") 准备 $name（需要一两分钟）……" \
        "正在用 Python $(version_of "$PYTHON") 準備 $name（需要一兩分鐘）……"
    rm -f "$venv/ready"
    # What was made by another Python, or in another place and copied here, is made anew: its commands name that place.
    if ! grep -qsF "$venv/bin/python" "$venv/bin/pip" || ! "$venv/bin/pip" --version >/dev/null 2>&1; then
        "$PYTHON" -m venv --clear "$venv" 9<&- ||
            fail "The environment could not be made in $venv." "未能在 $venv 建立环境。" "未能在 $venv 建立環境。"
    fi
    : >"$venv/setup.log"
    total=$(cd -- "$TUIDANG_HOME" && cat "$@" | grep -c '^[a-z].*==')
    locks=$*
    set --
    for lock in $locks; do
        set -- "$@" -r "$TUIDANG_HOME/$lock"
    done
    install "$venv/setup.log" "$total" --require-hashes "$@"
    install "$venv/setup.log" 1 --no-build-isolation --no-deps -e "$TUIDANG_HOME"
    # shellcheck disable=SC2086  # names of lock files hold no spaces
    fingerprint "$name" $locks >"$venv/ready"
}

# prepare VENV LOCK...: returns when the environment is ready; costs a few milliseconds when it was.
prepare() {
    is_ready "$@" && return
    # The lock is a file of the checkout, held open: nothing is left behind when a set-up is killed.
    exec 9<"$TUIDANG_HOME/setup/venv.sh"
    if command -v flock >/dev/null && ! flock -n 9; then
        say "Another set-up is running; waiting for it …" "另一个安装正在进行，等待中……" "另一個安裝正在進行，等待中……"
        flock 9
    fi
    is_ready "$@" || build "$@"
    exec 9<&-
}
