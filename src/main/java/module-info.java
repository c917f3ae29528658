/** The command and the daemon. A module, so that a package holds it inside its Java runtime. */
module org.wirescale {
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;
    requires com.fasterxml.jackson.databind;
    requires info.picocli;
    requires ini4j;
    requires java.net.http;
    requires jdk.net;
    requires org.java_websocket;
    requires static org.jspecify;
    requires org.newsclub.net.unix;
    requires org.slf4j;

    provides ch.qos.logback.classic.spi.Configurator with
            org.wirescale.os.JournalConfigurator;

    opens org.wirescale.cli to
            info.picocli;
    opens org.wirescale.protocol to
            com.fasterxml.jackson.databind;
    opens org.wirescale.tailscale to
            com.fasterxml.jackson.databind;
    opens org.wirescale.tunnel to
            com.fasterxml.jackson.databind;
}
