package org.wirescale.tailscale;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.wirescale.os.Commands;
import org.wirescale.os.Systemd;

/** {@code tailscaled.service}, as far as a restart needs it. */
interface TailscaledUnit {
    /** Whether there is systemd at all. */
    boolean isManaged();

    /** Its main process while it runs. */
    OptionalLong mainPid();

    void stop();

    void start();

    /** Has systemd itself start it after a while, if the marker is still there then, and remove the marker. */
    void startLater(Path marker, Duration delay);

    void cancelStartLater();

    /** The real one. */
    static TailscaledUnit system() {
        return new TailscaledUnit() {
            private static final String LATER = "wirescale-tailscaled";

            @Override
            public boolean isManaged() {
                return Systemd.isBooted();
            }

            @Override
            public OptionalLong mainPid() {
                Systemd.Unit unit = Systemd.unit(Tailscaled.UNIT);
                return unit.isRunning() ? unit.mainPid() : OptionalLong.empty();
            }

            @Override
            public void stop() {
                Systemd.stop(Tailscaled.UNIT);
            }

            @Override
            public void start() {
                Systemd.start(Tailscaled.UNIT);
            }

            @Override
            public void startLater(Path marker, Duration delay) {
                // One that was left over would keep the name taken.
                cancelStartLater();
                Commands.output(
                        "systemd-run",
                        "--quiet",
                        "--collect",
                        "--no-ask-password",
                        "--unit=" + LATER,
                        "--description=Start tailscaled again, should wirescaled not do it",
                        "--on-active=" + delay.toMillis() + "ms",
                        "--timer-property=AccuracySec=100ms",
                        "--",
                        "/bin/sh",
                        "-c",
                        "if [ -e " + marker + " ]; then systemctl start " + Tailscaled.UNIT + " && rm -f " + marker
                                + "; fi");
            }

            @Override
            public void cancelStartLater() {
                Systemd.stop(LATER + ".timer");
            }
        };
    }
}
