package org.wirescale.config;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.wirescale.config", importOptions = DoNotIncludeTests.class)
final class ConfigArchitectureTest {
    @ArchTest
    static final ArchRule only_peer_files_touches_the_disk = noClasses()
            .that()
            .haveNameNotMatching("org\\.wirescale\\.config\\.PeerFiles(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.wirescale.os..", "java.nio.channels..", "java.net.http..")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching(
                    "java\\.nio\\.file\\.Files|java\\.io\\.File.*|java\\.lang\\.Process.*|java\\.net\\..*Socket")
            .because("everything else is tested by value");

    @ArchTest
    static final ArchRule only_our_own_section_goes_through_ini4j = noClasses()
            .that()
            .haveNameNotMatching("org\\.wirescale\\.config\\.WirescaleReader(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.ini4j..")
            .because("its rules are not wg-quick's");

    @ArchTest
    static final ArchRule ini4j_only_tells_what_it_sees = noClasses()
            .should()
            .dependOnClassesThat()
            .haveNameMatching("org\\.ini4j\\.(Ini|Wini|Profile|Options|Reg|.*Map|Basic.*|Persistable)(\\$.*)?")
            .because("its maps lose order, case and doubles");
}
