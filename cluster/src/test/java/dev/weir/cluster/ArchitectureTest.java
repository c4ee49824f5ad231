package dev.weir.cluster;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

/** The rules of the house: whom the cluster may know, and what it never does. */
@AnalyzeClasses(packages = ArchitectureTest.ROOT, importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
    static final String ROOT = "dev.weir.cluster";

    private static final DescribedPredicate<JavaMethodCall> SLEEP = DescribedPredicate.describe(
            "to Thread.sleep",
            call -> call.getTargetOwner().isEquivalentTo(Thread.class)
                    && call.getName().equals("sleep"));

    /** Neither HTTP, nor a balancer, nor Vert.x: bytes, time and Hazelcast. */
    @ArchTest
    static final ArchRule theClusterKnowsTheJdkAndHazelcastOnly = classes()
            .should()
            .onlyDependOnClassesThat(
                    resideInAnyPackage(ROOT + "..", "java..", "com.hazelcast..", "org.slf4j..", "org.jspecify.."));

    @ArchTest
    static final ArchRule hazelcastIsKnownWhereItsNameSaysSo = noClasses()
            .that()
            .haveNameNotMatching("dev\\.weir\\.cluster\\.Hazelcast.*")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.hazelcast..");

    @ArchTest
    static final ArchRule nothingSpeaksHttp =
            noClasses().should().dependOnClassesThat().resideInAPackage("java.net.http..");

    @ArchTest
    static final ArchRule nothingWritesToTheConsole =
            noClasses().should().accessField(System.class, "out").orShould().accessField(System.class, "err");

    @ArchTest
    static final ArchRule nothingSleeps = noClasses().should().callMethodWhere(SLEEP);

    /** Time and randomness are constructor parameters, so that tests can hold them. */
    @ArchTest
    static final ArchRule nothingChoosesClockOrRandomness = noClasses()
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Random.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(ThreadLocalRandom.class)
            .orShould()
            .callMethod(Math.class, "random");
}
