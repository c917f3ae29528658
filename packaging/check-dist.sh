#!/bin/sh
# Tries what the package build made, as a user would: Maven runs it in the phase 'verify'.
#
#   check-dist.sh TARGET_FOLDER VERSION
set -eu

target=$1
version=$2
here=$(cd "$(dirname "$0")/.." && pwd)
root=$target/check-dist
program=$root/usr/lib/wirescale/bin/wirescale

fail() {
    echo "check-dist: $*" >&2
    exit 1
}

# expect WHAT GOT WANTED
expect() {
    [ "$2" = "$3" ] || fail "$1: expected '$3', got '$2'"
}

rm -rf "$root"
mkdir -p "$root"
DESTDIR=$root sh "$here/install.sh"
# Again, over the first: an update.
DESTDIR=$root sh "$here/install.sh"
for file in usr/bin/wirescale usr/lib/systemd/system/wirescaled.service usr/lib/systemd/system/wirescaled.socket etc/wirescale \
    usr/lib/udev/rules.d/84-wirescale.rules usr/lib/systemd/network/00-wirescale.network \
    usr/lib/firewalld/policies/wirescale.xml usr/share/doc/wirescale/copyright usr/lib/wirescale/lib/wirescale.aot \
    usr/share/man/man1/wirescale.1.gz usr/share/man/man5/wirescale.5.gz usr/share/man/man8/wirescaled.8.gz \
    usr/share/bash-completion/completions/wirescale usr/share/zsh/vendor-completions/_wirescale \
    usr/share/fish/vendor_completions.d/wirescale.fish; do
    [ -e "$root/$file" ] || [ -L "$root/$file" ] || fail "$file was not installed"
done
[ -z "$(find "$root" -perm /022 ! -type l)" ] || fail "something can be written by others"
size=$(du -s --apparent-size -BM "$root" | cut -dM -f1)
[ "$size" -le 90 ] || fail "it takes $size MB when it is installed, more than 90"

# A cache that the runtime does not take shows on standard error.
expect "version" "$("$program" --version 2>&1)" "wirescale $version"
expect "a folder of its own" "$(cd "$root/usr/lib/wirescale" && bin/wirescale -v 2>&1)" "wirescale $version"
expect "a hostile environment" \
    "$(JAVA_TOOL_OPTIONS=-Dx=y JDK_JAVA_OPTIONS=-showversion _JAVA_OPTIONS=-Dz=y CLASSPATH=/tmp PATH=/nowhere "$program" -v 2>&1)" \
    "wirescale $version"
"$program" --help | grep -q 'upgrade' || fail "the help does not name upgrade"
code=0
"$program" upgrade >"$root/out" 2>&1 || code=$?
expect "bad usage" "$code" 2
[ "$(head -c 7 "$root/out")" = "Error: " ] || fail "bad usage says '$(cat "$root/out")'"
# What maps the daemon's cache, and is refused before it does anything.
code=0
"$program" daemon --suffix start >"$root/out" 2>&1 || code=$?
expect "options by hand" "$code" 2
expect "lines of a refusal" "$(wc -l <"$root/out")" 1

# Without a cache, or with one that is broken, the answer is the same.
lib=$root/usr/lib/wirescale
mv "$lib/lib/wirescale.aot" "$root/kept.aot"
expect "no cache" "$("$program" --version 2>&1)" "wirescale $version"
head -c 100000 "$root/kept.aot" >"$lib/lib/wirescale.aot"
expect "a broken cache" "$("$program" --version 2>/dev/null)" "wirescale $version"

# Another build's cache must not run another build's code: the same program but for one class, with the cache of before.
changed=$root/changed
mkdir -p "$changed/src/org/wirescale/model" "$changed/one-class"
cp -R "$target/dist-work" "$changed/"
ln -s "$target/classes" "$target/dist-lib" "$target/dist-sources" "$changed/"
sed 's/return TEXT;/return "changed";/' "$here/src/main/java/org/wirescale/model/Version.java" >"$changed/src/org/wirescale/model/Version.java"
"$JAVA_HOME/bin/javac" -nowarn -proc:none -Xlint:none --release 25 -d "$changed/one-class" \
    --module-path "$changed/dist-work/modules:$(echo "$target"/dist-lib/jspecify-*.jar)" --patch-module "org.wirescale=$changed/src" \
    "$changed/src/org/wirescale/model/Version.java"
cp "$changed/dist-work/modules/wirescale.jar" "$changed/changed.jar"
"$JAVA_HOME/bin/jar" -uf "$changed/changed.jar" -C "$changed/one-class" .
sh "$here/packaging/build-dist.sh" "$changed" "$changed/changed.jar"
rm -r "$lib/runtime"
mv "$changed/dist/runtime" "$lib/"
mv "$root/kept.aot" "$lib/lib/wirescale.aot"
expect "a changed class" "$("$program" --version 2>/dev/null)" "wirescale changed"
rm -r "$changed"

DESTDIR=$root sh "$here/uninstall.sh"
DESTDIR=$root sh "$here/uninstall.sh"
left=$(find "$root/usr" "$root/etc" ! -type d 2>/dev/null || true)
expect "uninstall" "$left" ""
rm -rf "$root"
