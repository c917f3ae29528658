package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands.Command;

/**
 * The link's private key, and the mark of its own packets. Goes with the link.
 *
 * @param privateKey given to {@code wg} on its standard input and never written down; empty when read back
 * @param fwMark 0: none
 */
public record PrivateKeyChange(
        InterfaceName name, PublicKey publicKey, Optional<SecretKey> privateKey, FirewallMark fwMark)
        implements Change {
    static final String KIND = "key";

    static PrivateKeyChange read(StrictJson json) {
        return new PrivateKeyChange(
                json.value("name", InterfaceName::parse),
                json.value("public_key", PublicKey::parse),
                Optional.empty(),
                new FirewallMark(json.number("fwmark")));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "private key of " + publicKey + (fwMark.isNone() ? "" : ", mark " + fwMark) + " on " + name;
    }

    @Override
    public List<Detail> details(ChangeContext context) {
        return privateKey.stream()
                .map(key -> Detail.secret("private key: ", key.reveal()))
                .toList();
    }

    @Override
    public void write(ObjectNode json) {
        json.put("name", name.text());
        json.put("public_key", publicKey.toString());
        json.put("fwmark", fwMark.bits());
    }

    @Override
    public Change apply(ChangeContext context) {
        SecretKey key = privateKey.orElseThrow(() -> new IllegalStateException("a key that was read back is unknown"));
        List<String> arguments = new ArrayList<>(List.of("wg", "set", name.text(), "private-key", "/dev/stdin"));
        if (!fwMark.isNone()) {
            arguments.addAll(List.of("fwmark", fwMark.toString()));
        }
        Command.of(arguments).withStdin(key.reveal() + "\n").run().expectOk();
        return this;
    }

    @Override
    public void undo(ChangeContext context, Progress progress) {
        // Goes with the link.
    }

    /** A tunnel without a mark may be given one. */
    @Override
    public Optional<Area> area() {
        return fwMark.isNone() ? Optional.empty() : Optional.of(Area.WIREGUARD);
    }

    @Override
    public boolean isInPlace(ChangeContext context) {
        return isKeyInPlace() && (fwMark.isNone() || MarksInUse.read(name).equals(Optional.of(fwMark)));
    }

    /** Who gave the link another key made it another's tunnel. */
    @Override
    public String putBack(ChangeContext context) {
        if (!isKeyInPlace()) {
            throw WirescaleException.of(TunnelReason.LINK_GONE, "interface", name);
        }
        WireGuard.setMark(name, fwMark);
        return "mark " + fwMark + " of " + name;
    }

    private boolean isKeyInPlace() {
        return WireGuard.show(name)
                .flatMap(WireGuard.Status::publicKey)
                .filter(publicKey::equals)
                .isPresent();
    }
}
