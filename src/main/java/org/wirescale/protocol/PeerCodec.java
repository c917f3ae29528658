package org.wirescale.protocol;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wirescale.model.ErrorCode;
import org.wirescale.model.InterfaceName;
import org.wirescale.model.IpAddress;
import org.wirescale.model.Port;
import org.wirescale.model.PublicKey;
import org.wirescale.model.SecretKey;
import org.wirescale.model.SessionToken;
import org.wirescale.model.WirescaleException;

/**
 * Peer messages as JSON, compatible with 1.0.3: every object has {@code code} and {@code error_code}, unknown keys are ignored, and
 * a missing key reads as null.
 */
public final class PeerCodec {
    private static final String FORWARDS_IPV6 = "forwards_ipv6";

    private PeerCodec() {}

    /**
     * @throws WirescaleException with a {@link ProtocolReason} that names the key
     */
    public static PeerMessage decode(String json) {
        JsonObject object = JsonObject.parse(json);
        Optional<String> code = object.optionalText("code");
        Optional<String> error = object.optionalText("error_code");
        if (code.isPresent() == error.isPresent()) {
            throw WirescaleException.of(ProtocolReason.CODE_OR_ERROR);
        }
        object.isCalled(code.or(() -> error).orElseThrow());
        return code.isPresent() ? message(code.get(), object) : failure(error.orElseThrow(), object);
    }

    public static String encode(PeerMessage message) {
        return switch (message) {
            case PeerMessage.Token token ->
                JsonText.ofCode(token.code())
                        .text("token", token.token())
                        .text("version", token.version())
                        .features(token.features())
                        .end();
            case PeerMessage.Ack ack ->
                JsonText.ofCode(ack.code()).features(ack.features()).end();
            case PeerMessage.Hello _, PeerMessage.Moved _, PeerMessage.Success _ ->
                JsonText.ofCode(message.code()).end();
            case PeerMessage.Info info ->
                JsonText.ofCode(info.code()).text("message", info.message()).end();
            case PeerMessage.Upgrade upgrade ->
                JsonText.ofCode(upgrade.code())
                        .texts("addresses", upgrade.addresses())
                        .text("interface", upgrade.iface())
                        .text("expected_interface", upgrade.expectedInterface())
                        .number("port", upgrade.port().number())
                        .text("public_ip", upgrade.publicIp())
                        .number("exposed_port", upgrade.exposedPort().number())
                        .text("pubkey", upgrade.publicKey())
                        .text("remote_pubkey", upgrade.remotePublicKey())
                        .truth("has_psk", upgrade.hasPresharedKey())
                        .text("psk", upgrade.presharedKey().map(SecretKey::reveal))
                        .truthWhenTrue(FORWARDS_IPV6, upgrade.forwardsIpv6())
                        .end();
            case PeerMessage.UpgradeResponse response ->
                JsonText.ofCode(response.code())
                        .texts("addresses", response.addresses())
                        .text("interface", response.iface())
                        .number("port", response.port().number())
                        .text("pubkey", response.publicKey())
                        .text("public_ip", response.publicIp())
                        .number("exposed_port", response.exposedPort().number())
                        .truth("nat", response.nat())
                        .number("start_time", response.startTime())
                        .truthWhenTrue(FORWARDS_IPV6, response.forwardsIpv6())
                        .end();
            case PeerMessage.Recover recover ->
                sealed(JsonText.ofCode(recover.code()).text("interface", recover.iface()), recover.text());
            case PeerMessage.Stop stop ->
                sealed(JsonText.ofCode(stop.code()).text("interface", stop.iface()), stop.text());
            case PeerMessage.RecoverResponse response -> sealed(JsonText.ofCode(response.code()), response.text());
            case PeerMessage.Go go ->
                JsonText.ofCode(go.code()).truth("nat", go.nat()).end();
            case PeerMessage.Failure failure ->
                JsonText.ofError(failure.code())
                        .text("error_message", failure.message())
                        .end();
        };
    }

    private static PeerMessage message(String code, JsonObject object) {
        return switch (code) {
            case "token" ->
                new PeerMessage.Token(
                        object.parsed("token", SessionToken::new), object.text("version"), features(object));
            case "hello" -> new PeerMessage.Hello();
            case "ack" -> new PeerMessage.Ack(features(object));
            case "info" -> new PeerMessage.Info(object.text("message"));
            case "upgrade" -> upgrade(object);
            case "upgrade_response" ->
                new PeerMessage.UpgradeResponse(
                        addresses(object),
                        object.parsed("interface", InterfaceName::parse),
                        object.ofNumber("port", Port::new),
                        object.parsed("pubkey", PublicKey::parse),
                        object.parsed("public_ip", IpAddress::parse),
                        object.ofNumber("exposed_port", Port::new),
                        object.truth("nat"),
                        object.number("start_time"),
                        object.optionalTruth(FORWARDS_IPV6).orElse(false));
            case "recover" -> new PeerMessage.Recover(object.parsed("interface", InterfaceName::parse), sealed(object));
            case "stop" -> new PeerMessage.Stop(object.parsed("interface", InterfaceName::parse), sealed(object));
            case "recover_response" -> new PeerMessage.RecoverResponse(sealed(object));
            case "go" -> new PeerMessage.Go(object.truth("nat"));
            case "moved" -> new PeerMessage.Moved();
            case "success" -> new PeerMessage.Success();
            default -> throw WirescaleException.of(ProtocolReason.UNKNOWN_CODE, "code", HostileText.clean(code, 64));
        };
    }

    private static PeerMessage upgrade(JsonObject object) {
        boolean hasPresharedKey = object.truth("has_psk");
        return new PeerMessage.Upgrade(
                addresses(object),
                object.parsed("interface", InterfaceName::parse),
                object.optionalParsed("expected_interface", InterfaceName::parse),
                object.ofNumber("port", Port::new),
                object.parsed("public_ip", IpAddress::parse),
                object.ofNumber("exposed_port", Port::new),
                object.parsed("pubkey", PublicKey::parse),
                object.optionalParsed("remote_pubkey", PublicKey::parse),
                hasPresharedKey,
                // Beside a configured key another one would have no meaning, and is not even looked at.
                hasPresharedKey ? Optional.empty() : Optional.of(object.parsed("psk", SecretKey::parse)),
                object.optionalTruth(FORWARDS_IPV6).orElse(false));
    }

    private static String sealed(JsonText text, Sealed sealed) {
        return text.text("nonce", sealed.nonceText())
                .text("encrypted", sealed.encryptedText())
                .end();
    }

    private static Sealed sealed(JsonObject object) {
        String nonce = object.text("nonce");
        String encrypted = object.text("encrypted");
        return object.checked("encrypted", () -> Sealed.parse(nonce, encrypted));
    }

    private static List<IpAddress> addresses(JsonObject object) {
        List<String> texts = object.texts("addresses", PeerLimits.ADDRESSES);
        if (texts.isEmpty()) {
            throw object.illTyped("addresses", "a list of at least one address");
        }
        return object.checked(
                "addresses", () -> texts.stream().map(IpAddress::parse).toList());
    }

    private static Set<String> features(JsonObject object) {
        Set<String> words = new HashSet<>(
                object.optionalTexts("features", Features.MAX_COUNT).orElse(List.of()));
        if (!Features.areValid(words)) {
            throw object.illTyped("features", "a list of words of a-z, 0-9 and _");
        }
        return words;
    }

    /** A code that a later version invented is still a failure, of the general kind. */
    private static PeerMessage failure(String error, JsonObject object) {
        return new PeerMessage.Failure(
                ErrorCode.ofWord(error).orElse(ErrorCode.GENERIC),
                object.optionalText("error_message").orElse(""));
    }
}
