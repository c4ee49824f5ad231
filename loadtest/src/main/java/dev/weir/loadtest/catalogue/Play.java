package dev.weir.loadtest.catalogue;

/** What is done to the balancer in a case, and what is compared. */
@FunctionalInterface
interface Play {
    /** @throws Exception if it could not be played to its end, which fails the case */
    void run(Act act) throws Exception;
}
