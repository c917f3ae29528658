case $format:${1-} in
    deb:install | deb:upgrade | rpm:* | arch:*)
        nothing_in_the_way
        no_clone_in_the_way
        makes_way
        ;;
esac
# dpkg does not tell who configures a package that was removed from one that was upgraded.
case $format:${1-} in
    deb:install)
        mkdir -p /var/lib/wirescale
        : >/var/lib/wirescale/first
        ;;
esac
