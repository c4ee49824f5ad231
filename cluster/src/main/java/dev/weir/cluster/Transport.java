package dev.weir.cluster;

/** Carries messages to all other nodes, as well as it can: they may be lost, doubled or overtaken. */
interface Transport {
    /** Who gets what arrives. Any thread; must not block. */
    interface Receiver {
        void received(byte[] message);

        /** Others came or went, as far as the transport knows, or this node is connected anew. */
        void membershipChanged();
    }

    /** Connects, on threads of its own, for as long as it takes, again and again. Called once. */
    void start(Receiver receiver);

    /**
     * Does not block.
     *
     * @return false: it is lost for certain
     */
    boolean send(byte[] message);

    /** How many others a message would reach at present, as far as the transport knows. */
    int peers();

    boolean isConnected();

    /** How it is connected, or why it is not; for people. */
    String link();

    /** Sends what it has taken, as long as that takes no time to speak of, and ends within a bound. Called once. */
    void close();
}
