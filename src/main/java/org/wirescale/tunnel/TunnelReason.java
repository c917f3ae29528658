package org.wirescale.tunnel;

import org.wirescale.model.ErrorCode;
import org.wirescale.model.Reason;

/** Why a tunnel could not be made, read or taken down. */
public enum TunnelReason implements Reason {
    STATE_DAMAGED(
            "the state file {file} is damaged ({what}) and was discarded: 'wirescale down {interface}' removes what is left of its"
                    + " tunnel"),
    STATE_OTHER_VERSION(
            "the state file {file} was written by another version of wirescale (form {version}) and was discarded: 'wirescale down"
                    + " {interface}' removes what is left of its tunnel"),
    STATE_OTHER_BOOT("the state file {file} is from before the last boot and was discarded"),
    STATE_UNUSABLE(
            "the state file {file} cannot be used ({what}): 'sudo wirescale down {interface}' removes what is left of its tunnel"),
    STATE_FOREIGN("{file} is no state file, since no interface has such a name: remove it"),
    STATE_UNWRITABLE("the state file {file} cannot be written: {error}"),
    FILE_UNWRITABLE("the file {file} cannot be written: {error}"),
    VALUE("'{text}' is not a valid {what}"),
    LINK_EXISTS(
            "the interface '{interface}' exists already: choose another name with --interface, or let --suffix find one") {
        @Override
        public ErrorCode errorCode() {
            return ErrorCode.INTERFACE_EXISTS;
        }
    },
    UNDO("'{change}' could not be undone: {error}"),
    KERNEL_WITHOUT_WIREGUARD("this kernel has no WireGuard"),
    USERSPACE_NOT_READY(
            "{program} did not get ready for the interface '{interface}' within {seconds} s: see 'journalctl -u {unit}'"),
    PORT_TAKEN("the UDP port {port} is taken by another program"),
    MTU_TOO_SMALL(
            "IPv6 needs an MTU of 1280 at least, and the one of '{interface}' would be {mtu}: remove the IPv6 addresses from the"
                    + " file, or set MTU"),
    IPV6_DISABLED(
            "the file has an IPv6 address, and IPv6 is disabled on this machine: enable it, or remove the address"),
    NO_DNS_PROGRAM("the file has DNS, and there is neither resolvconf nor systemd-resolved: install {hint}"),
    NO_HANDSHAKE("no handshake came within {seconds} s") {
        @Override
        public ErrorCode errorCode() {
            return ErrorCode.TS_UNREACHABLE;
        }
    },
    SETTING("the kernel setting {setting} cannot be made: {error}"),
    HOOK_FAILED("the hook {hook} of '{interface}' failed with exit code {code}: {hint}"),
    HOOK_TIMED_OUT("the hook {hook} of '{interface}' did not end within {seconds} s and was killed"),
    LINK_GONE("the interface '{interface}' is gone or is another one now");

    private final String sentence;

    TunnelReason(String sentence) {
        this.sentence = sentence;
    }

    @Override
    public ErrorCode errorCode() {
        return ErrorCode.GENERIC;
    }

    @Override
    public String sentence() {
        return sentence;
    }
}
