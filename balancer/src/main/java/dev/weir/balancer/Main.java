package dev.weir.balancer;

/** The command line: arguments in, exit code out. */
public final class Main {

    /** The exit code of a command line that cannot be understood. */
    static final int BAD_USAGE = 2;

    private Main() {}

    public static void main(String[] args) {
        System.err.println("Usage: java -jar weir.jar [--help] [--version] COMMAND");
        System.exit(BAD_USAGE);
    }
}
