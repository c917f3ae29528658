package org.wirescale.exitnode;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.os.Folders;
import org.wirescale.tunnel.FirewallMark;
import org.wirescale.tunnel.MarksInUse;
import org.wirescale.tunnel.Nft;
import org.wirescale.tunnel.WireGuard;

/** What an exit node leaves whose state file is lost: all that has numbers and names that are the exit node's alone. */
final class ExitNodeLeftovers {
    private static final Logger LOG = LoggerFactory.getLogger(ExitNodeLeftovers.class);
    private static final List<String> CHAINS = List.of(
            "mangle PREROUTING wirescale-exit-in", "mangle POSTROUTING wirescale-exit-out",
            "mangle POSTROUTING wirescale-closed", "raw PREROUTING wirescale-exit-guard");

    private ExitNodeLeftovers() {}

    static void remove(Folders folders) {
        attempt(() -> IpFamily.present().forEach(ExitNodeLeftovers::routing));
        attempt(ExitNodeLeftovers::marks);
        attempt(ExitNodeLeftovers::tables);
        attempt(() -> BarrierAtBootChange.remove(folders));
        new ExitNodeFile(folders).delete();
    }

    private static void attempt(Runnable step) {
        try {
            step.run();
        } catch (WirescaleException e) {
            LOG.warn("A part of what is left of an exit node was not removed: {}", e.getMessage());
        }
    }

    private static void routing(IpFamily family) {
        for (PolicyRule rule : PolicyRule.ours(PolicyRule.all(family)).reversed()) {
            Commands.Command.of("ip", family.option, "-batch", "-")
                    .withStdin("rule del " + rule.words(family) + "\n")
                    .run();
        }
        Commands.run("ip", family.option, "route", "flush", "table", Long.toString(ExitNumbers.TABLE));
    }

    private static void marks() {
        MarksInUse.all().forEach((name, mark) -> {
            if (ExitNumbers.isOurs(mark) && InterfaceName.isValid(name)) {
                WireGuard.setMark(InterfaceName.parse(name), FirewallMark.NONE);
            }
        });
    }

    private static void tables() {
        if (Tool.here() == Tool.NFT) {
            Nft.delete(KeepMarksChange.TABLE);
            Nft.delete(BarrierChange.TABLE);
            return;
        }
        for (IpFamily family : IpFamily.present()) {
            for (String chain : CHAINS) {
                List<String> words = List.of(chain.split(" "));
                new ChainSet(family, words.get(0), words.get(1), words.get(2), List.of()).undo();
            }
        }
    }
}
