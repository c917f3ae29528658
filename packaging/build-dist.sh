#!/bin/sh
# Makes target/dist, what install.sh copies: a Java runtime that holds our modules, its AOT cache, the launcher, the native library.
# Maven runs it in the phase 'package'; everything it reads lies in target/ by then.
#
#   build-dist.sh TARGET_FOLDER JAR
#
# Our modules lie inside the runtime, not on a class path: the JVM checks an AOT cache against lib/modules and drops a stale one,
# while it runs old code from a stale cache when a jar of the class path changed (JDK-8377932).
set -eu

target=$1
jar=$2
here=$(cd "$(dirname "$0")" && pwd)
java_home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
work=$target/dist-work
dist=$target/dist
modules=$work/modules

unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS

# What changes rarely is kept between builds, by what it was made of.
third_party() {
    stamp=$(cksum "$target"/dist-lib/*.jar "$target"/dist-sources/*.jar "$here/build-dist.sh" "$java_home/release" | cksum)
    if [ -f "$work/third-party.stamp" ] && [ "$(cat "$work/third-party.stamp")" = "$stamp" ]; then
        return
    fi
    rm -rf "$work"
    mkdir -p "$modules" "$work/native"
    for lib in "$target"/dist-lib/*.jar; do
        case ${lib##*/} in
            picocli-* | ini4j-* | jspecify-* | junixsocket-native-common-*) ;;
            *) cp "$lib" "$modules/" ;;
        esac
    done
    picocli
    ini4j
    native_library
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
    case $(uname -m) in
        x86_64) arch=amd64 ;;
        *) arch=$(uname -m) ;;
    esac
    (cd "$work/native" && "$java_home/bin/jar" -xf "$target"/dist-lib/junixsocket-native-common-*.jar "lib/$arch-Linux-clang/jni")
    find "$work/native" -name '*.so' ! -name '*.nodeps.so' -exec mv {} "$work/native/libjunixsocket.so" \;
    rm -r "$work/native/lib"
}

runtime() {
    rm -rf "$dist"
    mkdir -p "$dist/lib" "$dist/bin"
    cp "$jar" "$modules/wirescale.jar"
    # jdk.net: peer credentials of a UNIX socket
    "$java_home/bin/jlink" --module-path "$modules" --add-modules org.wirescale,jdk.net \
        --no-header-files --no-man-pages --output "$dist/runtime"
    cp "$work/native/libjunixsocket.so" "$dist/lib/"
    install -m 0755 "$here/wirescale.sh" "$dist/bin/wirescale"
    cp "$here/jvm.options" "$here/command.options" "$here/daemon.options" "$dist/lib/"
}

# A cache holds what its training run loaded: what users do, or what the daemon needs to serve. A daemon that mapped the commands'
# classes too would be 9 MB larger. It is made with the image and the flags that it will be used with.
cache() {
    rm -rf "$work/training-$1"
    mkdir -p "$work/training-$1"
    PATH=$here/training:$PATH timeout 120 "$dist/runtime/bin/java" "@$dist/lib/jvm.options" "@$dist/lib/$1.options" \
        -XX:AOTCacheOutput="$dist/lib/$1.aot" \
        -Dorg.newsclub.net.unix.library.override="$dist/lib/libjunixsocket.so" \
        -Dorg.wirescale.journal="$work/training-$1/no-journal" \
        -m org.wirescale/org.wirescale.cli.Training "$1" "$work/training-$1" >"$work/training-$1.log" 2>&1 || {
        cat "$work/training-$1.log" >&2
        exit 1
    }
    test -s "$dist/lib/$1.aot"
}

third_party
runtime
cache command
cache daemon
