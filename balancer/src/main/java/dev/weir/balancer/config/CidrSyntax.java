package dev.weir.balancer.config;

/** Whom something is granted. */
final class CidrSyntax {
    static final ListOf<Cidr> LIST = new ListOf<>(
            "a list of addresses and ranges",
            0,
            Scalars.parsed("[0-9A-Fa-f:.]+(/[0-9]{1,3})?", "an address or a range such as 10.0.0.0/8", Cidr::parse));

    private CidrSyntax() {}
}
