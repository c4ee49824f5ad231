package dev.weir.balancer;

/** The version of this program, as the build wrote it into the jar. */
final class Version {
    private Version() {}

    static String get() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
