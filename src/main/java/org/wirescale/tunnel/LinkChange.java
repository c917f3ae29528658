package org.wirescale.tunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Commands;
import org.wirescale.os.Commands.Result;

/**
 * The kernel's WireGuard link. Where the kernel has none, {@link UserspaceLinkChange} takes its place. Addresses, routes and key
 * go with it when it is deleted.
 *
 * @param ifindex known once it was made
 */
public record LinkChange(InterfaceName name, OptionalInt ifindex) implements MadeLink {
    static final String KIND = "link";

    public LinkChange(InterfaceName name) {
        this(name, OptionalInt.empty());
    }

    static LinkChange read(StrictJson json) {
        return new LinkChange(json.value("name", InterfaceName::parse), readIfindex(json));
    }

    static OptionalInt readIfindex(StrictJson json) {
        return json.has("ifindex") ? OptionalInt.of(json.integer("ifindex")) : OptionalInt.empty();
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String describe() {
        return "WireGuard link " + name;
    }

    @Override
    public void write(ObjectNode json) {
        json.put("name", name.text());
        ifindex.ifPresent(number -> json.put("ifindex", number));
    }

    /**
     * @throws WirescaleException with {@link TunnelReason#LINK_EXISTS}
     */
    @Override
    public Optional<Change> prepare(ChangeContext context) {
        refuseExisting(name);
        return Optional.of(this);
    }

    @Override
    public Optional<Change> foresee(ChangeContext context, List<Change> before) {
        refuseExisting(name);
        return Optional.of(WireGuard.isInKernel() ? this : new UserspaceLinkChange(name));
    }

    static void refuseExisting(InterfaceName name) {
        if (Link.find(name.text()).isPresent()) {
            throw WirescaleException.of(TunnelReason.LINK_EXISTS, "interface", name);
        }
    }

    @Override
    public Change apply(ChangeContext context) {
        Result result = Link.batchCommand("link add dev " + name + " type wireguard", "link show dev " + name)
                .run();
        if (isUnsupported(result)) {
            throw WirescaleException.of(TunnelReason.KERNEL_WITHOUT_WIREGUARD);
        }
        int made = Link.parse(result.expectOk().stdout())
                .orElseThrow(() -> WirescaleException.of(TunnelReason.LINK_GONE, "interface", name))
                .ifindex();
        return new LinkChange(name, OptionalInt.of(made));
    }

    /** EOPNOTSUPP in words that changed over the releases of iproute2 and the kernel. */
    static boolean isUnsupported(Result added) {
        return added.stderr().contains("Unknown device type")
                || added.stderr().contains("not supported")
                || added.stderr().contains("Not supported");
    }

    @Override
    public Optional<Change> instead(WirescaleException failure) {
        return failure.reason() == TunnelReason.KERNEL_WITHOUT_WIREGUARD
                ? Optional.of(new UserspaceLinkChange(name))
                : Optional.empty();
    }

    @Override
    public void undo(ChangeContext context, Progress progress) {
        if (Link.isOurs(name, ifindex, context.publicKey())) {
            delete(name);
        }
    }

    /** Deletes the link; that it went away by other hands meanwhile is no failure. */
    static void delete(InterfaceName name) {
        Result result = Commands.run("ip", "link", "delete", "dev", name.text());
        if (!result.ok() && Link.find(name.text()).isPresent()) {
            result.expectOk();
        }
    }

    @Override
    public boolean isInPlace(ChangeContext context) {
        return Link.isOurs(name, ifindex, context.publicKey());
    }
}
