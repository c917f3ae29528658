case $format:${1-} in
    deb:remove | rpm:0 | arch:*) leaving ;;
esac
