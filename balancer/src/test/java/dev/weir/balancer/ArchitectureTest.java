package dev.weir.balancer;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** The rules of the house: which package may import which, and what main code never does. */
@AnalyzeClasses(packages = ArchitectureTest.ROOT, importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

    static final String ROOT = "dev.weir.balancer";

    /** Package below the root to the packages that it may import. The root may import them all, and none the root. */
    private static final Map<String, Set<String>> ALLOWED = Map.ofEntries(
            entry("failure", Set.of()),
            entry("config", Set.of()),
            entry("incident", Set.of("failure")),
            entry("node", Set.of("failure")),
            entry("backend", Set.of("failure", "incident")),
            entry("strategy", Set.of("backend", "config")),
            entry("health", Set.of("backend", "failure", "config", "incident", "node")),
            entry("discovery", Set.of("backend", "failure", "config", "incident")),
            entry("peers", Set.of("backend", "failure", "incident")),
            entry("metrics", Set.of("backend", "failure", "incident", "node")),
            entry("proxy", Set.of("strategy", "backend", "failure", "config", "metrics", "incident", "node")),
            entry("directive", Set.of("backend", "failure")),
            entry("admin", Set.of("backend", "metrics", "failure", "config", "incident", "node", "directive", "peers")),
            entry("doctor", Set.of("failure", "discovery", "incident")),
            entry("top", Set.of("incident")));

    private static final Set<String> NAMES_THAT_SAY_NOTHING = Set.of("util", "common", "impl", "manager", "service");

    @ArchTest
    static void everyPackageImportsOnlyWhatItMay(JavaClasses classes) {
        ALLOWED.forEach((name, allowed) -> {
            Stream<String> permitted = Stream.concat(Stream.of(name), allowed.stream());
            String[] packages = permitted.map(ArchitectureTest::tree).toArray(String[]::new);
            in(name).should(onlyDependOnClassesThat(outside(ROOT + "..").or(resideInAnyPackage(packages))))
                    .because(name + " may import " + allowed + " only")
                    .allowEmptyShould(true)
                    .check(classes);
        });
    }

    @ArchTest
    static void everyPackageHasItsPlace(JavaClasses classes) {
        Stream<String> names = classes.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith(ROOT + "."))
                .map(name -> name.substring(ROOT.length() + 1).split("\\.", 2)[0]);
        assertThat(names).allSatisfy(name -> assertThat(ALLOWED).containsKey(name));
    }

    @ArchTest
    static void noPackageHasANameThatSaysNothing(JavaClasses classes) {
        Stream<String> parts =
                classes.stream().flatMap(type -> Stream.of(type.getPackageName().split("\\.")));
        assertThat(parts).doesNotContainAnyElementsOf(NAMES_THAT_SAY_NOTHING);
    }

    /** Netty and javax.net.ssl: failures are classified by the class of the exception. */
    @ArchTest
    static final ArchRule failureKnowsTheJdkAndTheNetworkStackOnly = in("failure")
            .should(onlyDependOnClassesThat(resideInAnyPackage(
                    tree("failure"), "java..", "javax.net.ssl..", "io.vertx..", "io.netty..", "org.jspecify..")))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule configKnowsTheJdkVertxValuesAndTheYamlParserOnly = in("config")
            .should(onlyDependOnClassesThat(resideInAnyPackage(
                    tree("config"),
                    "java..",
                    "io.vertx.core.json..",
                    "io.vertx.core.net..",
                    "org.snakeyaml..",
                    "org.jspecify..")))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule theYamlParserIsKnownToConfigAlone = noClasses()
            .that(outside(tree("config")))
            .should(dependOnClassesThat(resideInAPackage("org.snakeyaml..")))
            .allowEmptyShould(true);

    /** It buffers whole bodies. */
    @ArchTest
    static final ArchRule webClientIsNeverOnTheDataPath = noClasses()
            .that(resideInAnyPackage(tree("proxy"), tree("strategy"), tree("backend")))
            .should(dependOnClassesThat(resideInAPackage("io.vertx.ext.web.client..")))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyTheRootWritesToTheConsole = noClasses()
            .that(outside(ROOT))
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule nothingSleeps =
            noClasses().should().callMethodWhere(to(Thread.class, "sleep")).allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyTheRootEndsTheProcess = noClasses()
            .that(outside(ROOT))
            .should()
            .callMethodWhere(to(System.class, "exit"))
            .allowEmptyShould(true);

    /** Time and randomness are constructor parameters, so that tests can hold them. */
    @ArchTest
    static final ArchRule onlyTheRootChoosesClockAndRandomness = noClasses()
            .that(outside(ROOT))
            .should()
            .callMethodWhere(to(System.class, "nanoTime"))
            .orShould()
            .callMethodWhere(to(System.class, "currentTimeMillis"))
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Random.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(ThreadLocalRandom.class)
            .orShould()
            .callMethod(Math.class, "random")
            .allowEmptyShould(true);

    private static GivenClassesConjunction in(String name) {
        return classes().that(resideInAPackage(tree(name)));
    }

    private static String tree(String name) {
        return ROOT + "." + name + "..";
    }

    private static DescribedPredicate<JavaClass> outside(String packages) {
        return DescribedPredicate.not(resideInAPackage(packages));
    }

    /** Any overload of the method. */
    private static DescribedPredicate<JavaMethodCall> to(Class<?> owner, String method) {
        return DescribedPredicate.describe(
                "calls " + owner.getSimpleName() + "." + method,
                call -> call.getTargetOwner().isEquivalentTo(owner)
                        && call.getTarget().getName().equals(method));
    }
}
