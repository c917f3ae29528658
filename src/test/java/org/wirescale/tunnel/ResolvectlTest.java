package org.wirescale.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.SecretKey;
import org.wirescale.os.Commands;
import org.wirescale.os.Folders;

/** A resolvectl that writes down what it is told, before any other on the PATH. */
@Tag("netns")
final class ResolvectlTest {
    @TempDir
    Path temporary;

    @Test
    void resolved_asks_the_tunnels_servers_for_every_name_until_the_link_goes() throws Exception {
        Path told = temporary.resolve("told");
        Path folder = Files.createDirectory(temporary.resolve("programs"));
        Files.writeString(folder.resolve("resolvectl"), "#!/bin/sh\necho \"$*\" >> " + told + "\n");
        Commands.output("chmod", "755", folder.resolve("resolvectl").toString());
        DnsChange change = new DnsChange(
                InterfaceName.parse("bob"),
                List.of(IpAddress.parse("10.60.0.53"), IpAddress.parse("fd60::53")),
                List.of("corp.example"),
                DnsChange.Resolver.RESOLVECTL);
        ChangeContext context = new ChangeContext(
                new Folders(temporary, temporary),
                change.name(),
                TestEnd.publicKeyOf(SecretKey.randomPrivateKey()),
                OptionalInt.empty());
        try (NetNamespace namespace = NetNamespace.create("mount", "wg")) {
            namespace.run(() -> {
                Commands.output(
                        "mount",
                        "-t",
                        "overlay",
                        "overlay",
                        "-o",
                        "lowerdir=" + folder + ":/usr/local/sbin",
                        "/usr/local/sbin");
                change.apply(context);
                change.undo(context, Progress.DONE);
            });
        }
        assertThat(told).hasContent("dns bob 10.60.0.53 fd60::53\ndomain bob ~. corp.example\n");
    }
}
