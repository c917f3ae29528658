# Completion of wirescale's command line for fish.

# The first word that is no option; those before it take no value.
function __wirescale_command
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if not string match -q -- '-*' $word
            echo $word
            return
        end
    end
end

function __wirescale_is
    contains -- $argv[1] (__wirescale_command)
end

function __wirescale_needs_command
    not count (__wirescale_command) >/dev/null
end

# Names are from other machines and from files: one that is more than plain characters is not offered, and none is evaluated.
function __wirescale_found
    for name in $argv
        string match -r -- '^[A-Za-z0-9_][A-Za-z0-9_.=-]*(?:\t.*)?$' $name
    end
end

function __wirescale_peers
    __wirescale_found (command wirescale complete-peers 2>/dev/null)
end

function __wirescale_interfaces
    for file in /run/wirescale/control/tunnel-*.json
        __wirescale_found (string replace -r '^.*/tunnel-(.*)\.json$' '$1' -- $file)
    end
end

function __wirescale_files
    for file in /etc/wirescale/*.conf
        __wirescale_found (string replace -r '^.*/(.*)\.conf$' '$1' -- $file)
    end
end

complete -c wirescale -f
@fish-lines@
