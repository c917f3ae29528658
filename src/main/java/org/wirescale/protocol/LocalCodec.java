package org.wirescale.protocol;

import java.util.Optional;
import java.util.OptionalInt;
import org.wirescale.model.ErrorCode;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.WirescaleException;

/**
 * The local protocol: one object a line, the line feed not included here. Both ends are of one build, so an unknown key is an error:
 * it means that command and daemon are not.
 */
public final class LocalCodec {
    private static final String UPGRADE = "upgrade";
    private static final String DRY_RUN = "dry_run";

    private LocalCodec() {}

    /**
     * @throws WirescaleException with a {@link ProtocolReason}
     */
    public static LocalRequest decodeRequest(String line) {
        JsonObject object = JsonObject.parse(line);
        String code = object.text("code");
        object.isCalled(code);
        if (object.optionalText("error_code").isPresent()) {
            throw WirescaleException.of(ProtocolReason.CODE_OR_ERROR);
        }
        LocalRequest request = switch (code) {
            case UPGRADE -> upgrade(object);
            case DRY_RUN -> new LocalRequest.DryRun(upgrade(object));
            case "recover" ->
                new LocalRequest.Recover(
                        object.parsed("peer_ip", IpAddress::parse),
                        object.parsed("interface", InterfaceName::parse),
                        object.longNumber("latest_handshake"));
            case "down" -> new LocalRequest.Down(object.parsed("interface", InterfaceName::parse));
            case "status" -> new LocalRequest.Status();
            default -> throw WirescaleException.of(ProtocolReason.UNKNOWN_CODE, "code", HostileText.clean(code, 64));
        };
        object.nothingElse();
        return request;
    }

    /** One line without its end. */
    public static String encode(LocalRequest request) {
        return switch (request) {
            case LocalRequest.Upgrade upgrade -> encode(UPGRADE, upgrade);
            case LocalRequest.DryRun(LocalRequest.Upgrade upgrade) -> encode(DRY_RUN, upgrade);
            case LocalRequest.Recover recover ->
                JsonText.ofCode("recover")
                        .text("peer_ip", recover.peerIp())
                        .text("interface", recover.iface())
                        .number("latest_handshake", recover.latestHandshake())
                        .end();
            case LocalRequest.Down(InterfaceName iface) ->
                JsonText.ofCode("down").text("interface", iface).end();
            case LocalRequest.Status() -> JsonText.ofCode("status").end();
        };
    }

    private static String encode(String code, LocalRequest.Upgrade upgrade) {
        return JsonText.ofCode(code)
                .text("peer_ip", upgrade.peerIp())
                .text("interface", upgrade.iface())
                .truth("allow_suffix", upgrade.allowSuffix())
                .number("suffix_number", upgrade.suffixNumber())
                .text("expected_interface", upgrade.expectedInterface())
                .truth("iptables_accept", upgrade.iptablesAccept())
                .truth("iptables_forward", upgrade.iptablesForward())
                .truth("iptables_masquerade", upgrade.iptablesMasquerade())
                .number("recover_tries", upgrade.recoverTries())
                .number("recreate_tries", upgrade.recreateTries())
                .number("age_ms", upgrade.ageMillis())
                .end();
    }

    /**
     * @throws WirescaleException with a {@link ProtocolReason}
     */
    public static LocalReply decodeReply(String line) {
        JsonObject object = JsonObject.parse(line);
        Optional<String> code = object.optionalText("code");
        Optional<String> error = object.optionalText("error_code");
        if (code.isPresent() == error.isPresent()) {
            throw WirescaleException.of(ProtocolReason.CODE_OR_ERROR);
        }
        object.isCalled(code.or(() -> error).orElseThrow());
        LocalReply reply = code.isPresent() ? reply(code.get(), object) : failure(error.orElseThrow(), object);
        object.nothingElse();
        return reply;
    }

    /**
     * One line without its end.
     *
     * @throws WirescaleException with {@link ProtocolReason#TOO_LONG}
     */
    public static String encode(LocalReply reply) {
        return switch (reply) {
            case LocalReply.Info(String message) ->
                JsonText.ofCode("info").text("message", message).end();
            case LocalReply.Success(String message) ->
                JsonText.ofCode("success").text("message", message).end();
            case LocalReply.Failure(ErrorCode errorCode, String message) ->
                JsonText.ofError(errorCode.word())
                        .text("error_message", message)
                        .end();
        };
    }

    private static LocalRequest.Upgrade upgrade(JsonObject object) {
        OptionalInt suffixNumber = object.optionalNumber("suffix_number");
        if (suffixNumber.orElse(0) < 0) {
            throw object.illTyped("suffix_number", "a whole number, 0 or more");
        }
        OptionalInt age = object.optionalNumber("age_ms");
        if (age.orElse(0) < 0 || age.orElse(0) > LocalRequest.Upgrade.LONGEST_AGE_MILLIS) {
            throw object.illTyped("age_ms", "a whole number, 0 to " + LocalRequest.Upgrade.LONGEST_AGE_MILLIS);
        }
        return new LocalRequest.Upgrade(
                object.parsed("peer_ip", IpAddress::parse),
                object.optionalParsed("interface", InterfaceName::parse),
                object.optionalTruth("allow_suffix"),
                suffixNumber,
                object.optionalParsed("expected_interface", InterfaceName::parse),
                object.optionalTruth("iptables_accept"),
                object.optionalTruth("iptables_forward"),
                object.optionalTruth("iptables_masquerade"),
                object.optionalNumber("recover_tries"),
                object.optionalNumber("recreate_tries"),
                age);
    }

    private static LocalReply reply(String code, JsonObject object) {
        return switch (code) {
            case "info" -> new LocalReply.Info(object.text("message"));
            case "success" -> new LocalReply.Success(object.text("message"));
            default -> throw WirescaleException.of(ProtocolReason.UNKNOWN_CODE, "code", HostileText.clean(code, 64));
        };
    }

    private static LocalReply failure(String error, JsonObject object) {
        return new LocalReply.Failure(ErrorCode.ofWord(error).orElse(ErrorCode.GENERIC), object.text("error_message"));
    }
}
