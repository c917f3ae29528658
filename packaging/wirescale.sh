#!/bin/sh
# Starts wirescale with the Java runtime that came with it.

# What would load other code into this process, or into the shells that it runs hooks with.
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS CLASSPATH BASH_ENV ENV
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin
export PATH

# Scripts and prompts ask for the exit node all the time: no JVM is started for a name. The file is what ExitNodeStatus reads.
if [ "$#:$*" = "2:exit-node --status" ]; then
    text=
    if [ -r /run/wirescale/control/exit-node.json ]; then
        IFS= read -r text </run/wirescale/control/exit-node.json || true
    fi
    name=${text#'{"interface":"'}
    name=${name%%'"'*}
    case $name in
        '' | *[!A-Za-z0-9_=+.-]*) ;;
        *)
            case $text in
                "{\"interface\":\"$name\",\"phase\":\"up\","*) printf '%s\n' "$name" ;;
            esac
            ;;
    esac
    exit
fi

# From where it was built or unpacked, or from where it was installed. The native library wants an absolute path.
home=${0%/*}/..
if [ ! -d "$home/runtime" ]; then
    home=/usr/lib/wirescale
elif [ "${home#/}" = "$home" ]; then
    home=$(pwd)/$home
fi

# What writes into the journal by itself lives as the daemon does.
case ${1-} in
    daemon | down) kind=daemon ;;
    exit-node) case " $* " in *' --status '*) kind="command" ;; *) kind=daemon ;; esac ;;
    *) kind="command" ;;
esac

# Made where it is installed; a program that has none yet is only slower.
cache=
if [ -e "$home/lib/wirescale.aot" ]; then
    cache=-XX:AOTCache=$home/lib/wirescale.aot
fi

exec "$home/runtime/bin/java" "@$home/lib/jvm.options" "@$home/lib/$kind.options" ${cache:+"$cache"} \
    -Dorg.newsclub.net.unix.library.override="$home/lib/libjunixsocket.so" \
    -m org.wirescale/org.wirescale.cli.Wirescale "$@"
