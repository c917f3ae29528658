package org.wirescale.config;

import java.nio.file.Path;

/** Files that the tests of this package share. */
final class Texts {
    static final Path BOB = Path.of("/etc/wirescale/bob.conf");

    static final String COMPLETE = """
            [Interface]
            Address = 192.168.3.1
            PrivateKey = sLBcu1HI/SCOXLwAnuG79DGS1jWDiwk0SyCM40uYuWI=
            DNS = 1.1.1.1, 8.8.8.8
            Table = off
            MTU = 1500
            PreUp = /bin/example arg1 arg2 %i %s
            PostUp = /bin/example arg1 arg2 %i %s
            PreDown = /bin/example arg1 arg2 %i %s
            PostDown = /bin/example arg1 arg2 %i %s

            [Peer]
            PublicKey = QGAYCYJ1Ez7C32wZNw+nI8aBRM8E6OJGKOk0KiCYy0c=
            PresharedKey = YFSVOA8Eo0Cj5q9ef0LBA3TudRhKP+3hZMwCljUnKms=
            AllowedIPs = 192.168.3.0/24

            [Wirescale]
            iptables-forward = True
            iptables-masquerade = True
            interface = custom_name
            suffix = true
            recover-tries = 2
            recreate-tries = 1
            """;

    static final String MINIMAL = """
            [Interface]
            Address = 192.168.3.1

            [Peer]
            AllowedIPs = 192.168.3.0/24
            """;

    private Texts() {}

    static PeerFile parse(String text) {
        return PeerFile.parse(BOB, text);
    }

    /** The minimal file with further lines in its sections; a line's number is that of {@code more} plus 2. */
    static PeerFile withInterface(String more) {
        return parse(MINIMAL.replace("192.168.3.1\n", "192.168.3.1\n" + more + "\n"));
    }

    /** Further lines from line 5 on. */
    static PeerFile withPeer(String more) {
        return parse(MINIMAL.replace("[Peer]\n", "[Peer]\n" + more + "\n"));
    }

    /** A section of our own, its first key in line 7. */
    static PeerFile withWirescale(String lines) {
        return parse(MINIMAL + "[Wirescale]\n" + lines + "\n");
    }
}
