package dev.weir.balancer.backend;

/**
 * How many attempts this node may have under way at one backend. Event loops read {@link #most} for each attempt; one thread
 * writes, which is no event loop.
 */
public final class RequestLimit {
    private final int own;
    private final int whole;
    private volatile int share;
    private volatile int most;

    /**
     * @param own of this node alone; 0: none
     * @param whole of all balancer nodes together, all of it this one's until it is told its share; 0: none
     */
    public RequestLimit(int own, int whole) {
        this.own = own;
        this.whole = whole;
        this.share = whole;
        this.most = stricter(own, whole);
    }

    private static int stricter(int one, int other) {
        return one == 0 || (other != 0 && other < one) ? other : one;
    }

    /** Most attempts at a time; 0: no limit, which does not change. */
    public int most() {
        return most;
    }

    /** Of this node alone, whatever the others do; 0: none. */
    public int own() {
        return own;
    }

    /** Of all nodes together; 0: none. */
    public int whole() {
        return whole;
    }

    /** Whether it is this node's share of {@link #whole} that counts, rather than {@link #own}. */
    public boolean isShared() {
        return whole != 0 && most == share;
    }

    /** What of {@link #whole} is this node's at present; 0: there is no such limit. */
    public int share() {
        return share;
    }

    /**
     * What is under way goes on, if it is more than that. Whoever waits has to be woken, if it was less before.
     *
     * @param next 1 or more
     */
    public void share(int next) {
        if (whole == 0 || next < 1) {
            throw new IllegalArgumentException("share " + next + " of " + whole);
        }
        share = next;
        most = stricter(own, next);
    }
}
