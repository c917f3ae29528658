case $format:${1-} in
    deb:configure)
        if [ -e /var/lib/wirescale/first ]; then
            installed
            rm -f /var/lib/wirescale/first
            rmdir /var/lib/wirescale 2>/dev/null || true
        else
            upgraded
        fi
        ;;
    # Something failed, and what was there stays: it lost its cache to the other version, or its units to a removal.
    deb:abort-upgrade) train "$wirescale_home" ;;
    deb:abort-remove | rpm:1 | arch:*) installed ;;
    rpm:*) upgraded ;;
esac
