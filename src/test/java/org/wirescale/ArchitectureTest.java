package org.wirescale;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;

@AnalyzeClasses(packages = "org.wirescale", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
    @ArchTest
    static final ArchRule nothing_lower_calls_anything_higher = Architectures.layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .withOptionalLayers(true)
            .layer("cli")
            .definedBy("org.wirescale.cli..")
            .layer("daemon")
            .definedBy("org.wirescale.daemon..")
            .layer("exitnode")
            .definedBy("org.wirescale.exitnode..")
            .layer("tunnel")
            .definedBy("org.wirescale.tunnel..")
            .layer("tailscale")
            .definedBy("org.wirescale.tailscale..")
            .layer("protocol")
            .definedBy("org.wirescale.protocol..")
            .layer("config")
            .definedBy("org.wirescale.config..")
            .layer("os")
            .definedBy("org.wirescale.os..")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("daemon")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("exitnode")
            .mayOnlyBeAccessedByLayers("cli", "daemon")
            .whereLayer("tunnel")
            .mayOnlyBeAccessedByLayers("cli", "daemon", "exitnode")
            .whereLayer("os")
            .mayNotAccessAnyLayer()
            .because("data flows one way, and a lower package can be understood without the higher ones");

    @ArchTest
    static final ArchRule values_and_messages_run_nothing = noClasses()
            .that()
            .resideInAnyPackage("org.wirescale.model..", "org.wirescale.protocol..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.nio.channels..", "org.wirescale.os..")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.ProcessBuilder")
            .because("what is only values is tested by value");

    @ArchTest
    static final ArchRule only_the_command_line_prints_and_exits = noClasses()
            .that()
            .resideOutsideOfPackage("org.wirescale.cli..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(System.class, "exit", int.class)
            .because("a daemon that prints loses the line, and a library that exits cannot be tested");

    @ArchTest
    static final ArchRule only_os_starts_programs = noClasses()
            .that()
            .resideOutsideOfPackage("org.wirescale.os..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.ProcessBuilder")
            .because("argument lists, clean environment and deadlines are kept in one class");
}
