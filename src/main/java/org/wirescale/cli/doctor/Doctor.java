package org.wirescale.cli.doctor;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.wirescale.model.WirescaleException;
import org.wirescale.os.Folders;
import org.wirescale.os.OsReason;
import org.wirescale.tailscale.LocalApi;

/** Looks at everything that wirescale needs, all at once, and changes nothing. */
public final class Doctor {
    private final Function<Subject, Verdict> look;

    /**
     * @param root whether root looks, who sees all of it
     * @param askDaemon returns once the daemon has answered, and throws a {@link WirescaleException} where it does not
     */
    public Doctor(Folders folders, LocalApi tailscale, boolean root, Runnable askDaemon) {
        this(looks(new Patient(folders, tailscale, root), askDaemon));
    }

    Doctor(Function<Subject, Verdict> look) {
        this.look = look;
    }

    private static Function<Subject, Verdict> looks(Patient patient, Runnable askDaemon) {
        Platform platform = new Platform(patient);
        Tools tools = new Tools(patient);
        Network network = new Network(patient);
        Tailscale tailscale = new Tailscale(patient);
        Units units = new Units(patient, askDaemon);
        OwnFiles files = new OwnFiles(patient);
        Firewalls firewalls = new Firewalls(patient);
        Neighbours neighbours = new Neighbours(patient);
        return subject -> switch (subject) {
            case KERNEL -> platform.kernel();
            case SYSTEMD -> platform.systemd();
            case SYSTEMD_RUN -> platform.systemdRun();
            case WIREGUARD -> platform.wireGuard();
            case TUN -> platform.tun();
            case IP -> tools.ip();
            case WG -> tools.wg();
            case PING -> tools.ping();
            case BASH -> tools.bash();
            case IPTABLES -> tools.iptables();
            case IP6TABLES -> tools.ip6tables();
            case NFT -> tools.nft();
            case NFT_TABLES -> tools.nftTables();
            case DNS -> network.dns();
            case IPV6 -> network.ipv6();
            case FORWARDING -> network.forwarding();
            case RP_FILTER -> network.rpFilter();
            case TAILSCALED -> tailscale.tailscaled();
            case TAILNET -> tailscale.tailnet();
            case TAILSCALE_INTERFACE -> tailscale.hasInterface();
            case TAILSCALE_HEALTH -> tailscale.health();
            case SHIELDS_UP -> tailscale.shieldsUp();
            case TAKEOVER -> tailscale.takeover();
            case SOCKET_UNIT -> units.socket();
            case SERVICE_UNIT -> units.service();
            case OLDER_VERSION -> units.olderVersion();
            case UNIT_RIGHTS -> units.rights();
            case GROUP -> units.group();
            case DAEMON -> units.daemon();
            case PEER_PORT -> units.peerPort();
            case PEER_FILES -> files.peerFiles();
            case RUN_FOLDER -> files.run();
            case LASTING_FOLDER -> files.lasting();
            case TUNNELS -> files.tunnels();
            case LEFTOVERS -> files.leftovers();
            case EXIT_NODE -> files.exitNode();
            case FIREWALLD -> firewalls.firewalld();
            case UFW -> firewalls.ufw();
            case NETWORKD -> neighbours.networkd();
            case NETWORKMANAGER -> neighbours.networkManager();
            case APPARMOR -> neighbours.appArmor();
            case OTHER_VPN -> neighbours.otherVpn();
        };
    }

    /** One finding a subject, in their order; takes as long as the slowest look. */
    public Report examine() {
        Map<Subject, Verdict> verdicts = new ConcurrentHashMap<>();
        List<Thread> looking = new ArrayList<>();
        for (Subject subject : Subject.values()) {
            looking.add(Thread.ofVirtual()
                    .name("look at " + subject.id())
                    .start(() -> verdicts.put(subject, lookAt(subject))));
        }
        for (Thread thread : looking) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        Map<Subject, Verdict> ordered = new EnumMap<>(Subject.class);
        ordered.putAll(verdicts);
        return new Report(ordered.entrySet().stream()
                .map(entry -> new Finding(entry.getKey(), entry.getValue()))
                .toList());
    }

    /** A look that fails is a line like any other. */
    private Verdict lookAt(Subject subject) {
        try {
            return look.apply(subject);
        } catch (WirescaleException e) {
            // The line of that program says that it is missing, and how to get it.
            return e.reason() == OsReason.PROGRAM_MISSING
                    ? Verdict.unknown(e.getMessage())
                    : Verdict.broken(
                            e.getMessage(), "see to what is named there, then look again with 'wirescale doctor'");
        } catch (RuntimeException | Error e) {
            return Verdict.unknown("this look failed by itself, please report it: " + e);
        }
    }
}
