case $format:${1-} in
    deb:remove) gone ;;
    deb:purge) purged ;;
    deb:abort-install) rm -f /var/lib/wirescale/first ;;
    rpm:0 | arch:*)
        gone
        purged
        ;;
esac
