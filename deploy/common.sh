# What deploy/up, deploy/test and deploy/bench share. Sourced, never run.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# What the Swift toolchain itself needs on a bare Debian 12, then what Standing links and runs.
TOOLCHAIN_PACKAGES=(
    binutils ca-certificates git libc6-dev libcurl4-openssl-dev libedit2 libgcc-12-dev libncurses6 libsqlite3-0
    libstdc++-12-dev libxml2 pkg-config tzdata zlib1g-dev
)
SERVICE_PACKAGES=(
    curl fonts-dejavu-core libisal-dev libmicrohttpd-dev libpq-dev librsvg2-dev libsimdjson-dev libssl-dev postgresql
)

say() { printf '%s\n' "$*" >&2; }

fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit "${2:-1}"
}

# as_root COMMAND…: as it is for root, through sudo for anybody else.
as_root() {
    if [[ $(id -u) -eq 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
        sudo "$@"
    else
        fail "this step needs root: $*
Run it as root, or with a user who may use sudo, or have an administrator run that line first."
    fi
}

# missing PACKAGE…: those of them that are not installed, one a line.
missing() {
    local package
    for package in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s\n' "$package"
    done
}

# install_packages PACKAGE…: installs those that are missing; says and does nothing when none is.
install_packages() {
    command -v dpkg-query >/dev/null || fail "this is no Debian: install these yourself, by your system's names: $*"
    local -a wanted
    mapfile -t wanted < <(missing "$@")
    [[ ${#wanted[@]} -gt 0 ]] || return 0
    say "installing: ${wanted[*]}"
    as_root apt-get update -qq </dev/null >&2 || fail 'apt-get update failed: are the package sources reachable?'
    [[ " ${wanted[*]} " != *" postgresql "* ]] || hold_default_cluster
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends -y "${wanted[@]}" \
        </dev/null >&2 || { release_default_cluster && fail "apt-get could not install: ${wanted[*]}"; }
    release_default_cluster
}

# Debian's postgresql package makes and starts a cluster of its own on first install. Standing keeps a private one,
# so that cluster is not wanted; a machine that already has PostgreSQL keeps whatever it has.
CLUSTER_HOLD=/etc/postgresql-common/createcluster.d/standing-install.conf

hold_default_cluster() {
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && return 0
    as_root mkdir -p "${CLUSTER_HOLD%/*}"
    printf 'create_main_cluster = false\n' | as_root tee "$CLUSTER_HOLD" >/dev/null
}

release_default_cluster() {
    [[ ! -e $CLUSTER_HOLD ]] || as_root rm -f "$CLUSTER_HOLD"
}

# Puts a Swift 6 toolchain on PATH, from PATH itself or from /opt/swift.
find_swift() {
    command -v swift >/dev/null || PATH="/opt/swift/usr/bin:$PATH"
    command -v swift >/dev/null || fail "no Swift toolchain: put one (6.2 or later) on PATH or under /opt/swift/usr/bin"
    local version
    version=$(swift --version 2>/dev/null) || fail "$(command -v swift) does not run: $(swift --version 2>&1 | head -n 3)"
    [[ $version =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] || fail "cannot read a version from: $version"
    ((BASH_REMATCH[1] > 6 || (BASH_REMATCH[1] == 6 && BASH_REMATCH[2] >= 2))) ||
        fail "Swift 6.2 or later is needed, this is ${BASH_REMATCH[1]}.${BASH_REMATCH[2]} ($(command -v swift))"
    export PATH
}

# build_release: standingd and standing into .build/release, unless nothing they are made of changed since.
build_release() {
    local stamp=$ROOT/.build/release.built product
    if [[ -x $ROOT/.build/release/standingd && -x $ROOT/.build/release/standing && -e $stamp ]] &&
        [[ -z $(find "$ROOT/Package.swift" "$ROOT/Sources" "$ROOT/Migrations" "$ROOT/api" -newer "$stamp" -print -quit) ]]; then
        return 0
    fi
    mkdir -p "$ROOT/.build"
    touch "$stamp.next"
    for product in standingd standing; do
        say "building $product (release)"
        swift build --package-path "$ROOT" -c release --product "$product" \
            --explicit-target-dependency-import-check error </dev/null >&2 || fail "the build of $product failed"
    done
    mv "$stamp.next" "$stamp"
}

# make_venv FOLDER FILE: a virtual environment of Debian's Python with what FILE pins; made again when that changes.
make_venv() {
    ! cmp -s "$2" "$1/requirements.txt" || return 0
    rm -rf "$1"
    /usr/bin/python3 -m venv "$1"
    "$1/bin/pip" install --quiet --no-deps --requirement "$2"
    cp "$2" "$1/requirements.txt"
}

# stop PID: asks a child to end, waits for it, and insists after 30 seconds.
stop() {
    local pid=$1 tenths
    kill -TERM "$pid" 2>/dev/null || return 0
    for ((tenths = 0; tenths < 300; tenths++)); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null && say "process $pid did not stop within 30 s and was killed"
    wait "$pid" 2>/dev/null || true
}
