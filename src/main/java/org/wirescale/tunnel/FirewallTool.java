package org.wirescale.tunnel;

import org.wirescale.os.Commands;
import org.wirescale.os.Programs;

/** What decides on this machine which packets pass: rules are of use only where the policy is. */
enum FirewallTool {
    /** Its own chains come after iptables' and drop what those accepted. */
    FIREWALLD,
    IPTABLES,
    /** No iptables: whatever chains there are. */
    NFT;

    private static final String FIREWALLD_UNIT = "firewalld.service";

    /** Asked of systemd: {@code firewall-cmd --state} takes a third of a second for each of our rules. */
    static FirewallTool ofThisMachine() {
        if (Programs.isInstalled("firewall-cmd")
                && Commands.run("systemctl", "is-active", "--quiet", FIREWALLD_UNIT)
                        .ok()) {
            return FIREWALLD;
        }
        return withoutFirewalld();
    }

    /** What marks and translates addresses; firewalld does not get into its way. */
    static FirewallTool withoutFirewalld() {
        return Programs.isInstalled("iptables") || !Nft.works() ? IPTABLES : NFT;
    }
}
