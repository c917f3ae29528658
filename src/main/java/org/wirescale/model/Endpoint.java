package org.wirescale.model;

/** An address and a UDP port, as WireGuard and Tailscale write it: {@code 203.0.113.7:41641}, {@code [2001:db8::7]:41641}. */
public record Endpoint(IpAddress address, Port port) {
    /**
     * @throws WirescaleException with {@link ModelReason#ENDPOINT}
     */
    public static Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String literal = bracketed ? host.substring(1, host.length() - 1) : host;
        if (colon < 0
                || !IpAddress.isValid(literal)
                || bracketed != IpAddress.parse(literal).isIpv6()) {
            throw WirescaleException.of(ModelReason.ENDPOINT, "text", text);
        }
        try {
            return new Endpoint(IpAddress.parse(literal), Port.parse(text.substring(colon + 1)));
        } catch (WirescaleException e) {
            throw WirescaleException.causedBy(e, ModelReason.ENDPOINT, "text", text);
        }
    }

    @Override
    public String toString() {
        return address.inBrackets() + ":" + port;
    }
}
