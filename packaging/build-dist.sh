#!/bin/sh
# Makes target/dist, what is installed and packaged: a Java runtime that holds our modules, the launcher, the native library, manual
# pages and completions; the same bytes each time. The AOT cache is made where it is installed (steps.sh). Maven runs it in the phase
# 'package'; all that is made before lies in target/ by then.
#
#   build-dist.sh TARGET_FOLDER JAR [JDK]    JDK: of another architecture, the same release as JAVA_HOME, with its jmods;
#                                            makes target/dist-aarch64, for example
#
# Our modules lie inside the runtime, not on a class path: the JVM checks an AOT cache against lib/modules and drops a stale one,
# while it runs old code from a stale cache when a jar of the class path changed (JDK-8377932).
set -eu

target=$1
jar=$2
here=$(cd "$(dirname "$0")" && pwd)
java_home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
target_jdk=${3:-$java_home}
work=$target/dist-work
modules=$work/modules
native_arch=$(sed -n 's/^OS_ARCH="\(.*\)"$/\1/p' "$target_jdk/release")
dist=$target/dist${3:+-$native_arch}

unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS

# What changes rarely is kept between builds, by what it was made of.
third_party() {
    stamp=$(cksum "$target"/dist-lib/*.jar "$target"/dist-sources/*.jar "$here/build-dist.sh" "$java_home/release" | cksum)
    if [ -f "$work/third-party.stamp" ] && [ "$(cat "$work/third-party.stamp")" = "$stamp" ]; then
        return
    fi
    rm -rf "$work"
    mkdir -p "$modules"
    for lib in "$target"/dist-lib/*.jar; do
        case ${lib##*/} in
            picocli-* | ini4j-* | jspecify-* | junixsocket-native-common-*) ;;
            *) cp "$lib" "$modules/" ;;
        esac
    done
    picocli
    ini4j
    printf '%s\n' "$stamp" >"$work/third-party.stamp"
}

# Released as Java 5 bytecode, which an AOT cache cannot hold: from its sources it starts 60 to 90 ms faster.
picocli() {
    mkdir -p "$work/picocli/src" "$work/picocli/classes"
    (cd "$work/picocli/src" && "$java_home/bin/jar" -xf "$target"/dist-sources/picocli-*-sources.jar)
    (cd "$work/picocli/classes" && "$java_home/bin/jar" -xf "$target"/dist-lib/picocli-*.jar META-INF/versions/9/module-info.class)
    mv "$work/picocli/classes/META-INF/versions/9/module-info.class" "$work/picocli/classes/module-info.class"
    rm -r "$work/picocli/classes/META-INF"
    find "$work/picocli/src/picocli" -name '*.java' >"$work/picocli/files"
    "$java_home/bin/javac" -nowarn -proc:none -Xlint:none -XDignore.symbol.file --release 25 -g:source,lines \
        --add-modules java.sql -d "$work/picocli/classes" "@$work/picocli/files" 2>"$work/picocli/log" || {
        cat "$work/picocli/log" >&2
        exit 1
    }
    "$java_home/bin/jar" -cf "$modules/picocli.jar" -C "$work/picocli/classes" .
}

# Has no module descriptor, and jlink takes none without.
ini4j() {
    mkdir -p "$work/ini4j/classes" "$work/ini4j/src"
    (cd "$work/ini4j/classes" && "$java_home/bin/jar" -xf "$target"/dist-lib/ini4j-*.jar)
    rm -rf "$work/ini4j/classes/META-INF"
    cat >"$work/ini4j/src/module-info.java" <<'INFO'
module ini4j {
    requires static java.prefs;
    requires static java.desktop;
    exports org.ini4j;
    exports org.ini4j.spi;
}
INFO
    "$java_home/bin/javac" -nowarn -proc:none -Xlint:none --release 25 -d "$work/ini4j/classes" \
        --patch-module "ini4j=$work/ini4j/classes" "$work/ini4j/src/module-info.java"
    "$java_home/bin/jar" -cf "$modules/ini4j.jar" -C "$work/ini4j/classes" .
}

# Beside the program, so that nothing is unpacked into a temporary folder and loaded from there.
native_library() {
    case $native_arch in
        x86_64) set -- amd64 ;;
        *) set -- "$native_arch" ;;
    esac
    rm -rf "$work/native"
    mkdir -p "$work/native"
    (cd "$work/native" && "$java_home/bin/jar" -xf "$target"/dist-lib/junixsocket-native-common-*.jar "lib/$1-Linux-clang/jni")
    find "$work/native" -name '*.so' ! -name '*.nodeps.so' -exec cp {} "$dist/lib/libjunixsocket.so" \;
}

runtime() {
    rm -rf "$dist"
    mkdir -p "$dist/lib" "$dist/bin"
    cp "$jar" "$modules/wirescale.jar"
    set -- --module-path "$modules"
    if [ "$target_jdk" != "$java_home" ]; then
        set -- --module-path "$target_jdk/jmods:$modules"
    fi
    # jdk.net: peer credentials of a UNIX socket. Compressed classes cost no time, since the cache holds what is loaded.
    "$java_home/bin/jlink" "$@" --add-modules org.wirescale,jdk.net \
        --no-header-files --no-man-pages --compress=zip-6 --output "$dist/runtime"
    # Tools of the JDK's: nobody runs them here.
    rm -f "$dist/runtime/bin/keytool" "$dist/runtime/lib/jrt-fs.jar"
    symbols
    native_library
    install -m 0755 "$here/wirescale.sh" "$dist/bin/wirescale"
    cp "$here/jvm.options" "$here/command.options" "$here/daemon.options" "$here/steps.sh" "$dist/lib/"
    share
    chmod -R u=rwX,go=rX "$dist"
}

# Manual pages and completions, made of the commands themselves; an installation moves them to where other programs look for them.
share() {
    date=$(sed -n 's:.*<project.build.outputTimestamp>\(.*\)</.*:\1:p' "$here/../pom.xml")
    "$java_home/bin/java" -XX:TieredStopAtLevel=1 -cp "$target/classes:$target/dist-lib/*" org.wirescale.cli.manual.Manual \
        "$here/share" "$dist/share" "$date"
    find "$dist/share/man" -type f -exec gzip -9n {} +
}

# Those for debuggers are a sixth of the JVM.
symbols() {
    strip=${STRIP:-strip}
    if [ "$native_arch" != "$(uname -m)" ]; then
        strip=${STRIP:-$native_arch-linux-gnu-strip}
    fi
    if command -v "$strip" >/dev/null; then
        find "$dist/runtime" -type f \( -name '*.so' -o -path '*/bin/*' -o -name jspawnhelper -o -name jexec \) \
            -exec "$strip" --strip-unneeded {} +
    elif [ "$target_jdk" = "$java_home" ]; then
        echo "build-dist: there is no $strip; it comes with binutils" >&2
        exit 1
    fi
}

third_party
runtime
