package dev.weir.loadtest.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Hashtable;
import java.util.List;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;

/** The JDK's own, which shares nothing with the server under test. */
final class DnsClient {
    private DnsClient() {}

    /**
     * @param type A or AAAA
     * @return empty if the name has none
     * @throws IOException what went wrong; its cause is the client's own exception
     */
    // JNDI is dangerous where strangers give names or answers; these are the test's own, and DNS carries no objects
    @SuppressWarnings({"BanJNDI", "JdkObsolete"})
    static List<String> lookUp(FakeResolver resolver, String name, String type) throws IOException {
        Hashtable<String, String> environment = new Hashtable<>(); // as JNDI wants it
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        environment.put(Context.PROVIDER_URL, "dns://127.0.0.1:" + resolver.port());
        environment.put("com.sun.jndi.dns.timeout.initial", "200");
        environment.put("com.sun.jndi.dns.timeout.retries", "1");
        try {
            DirContext context = new InitialDirContext(environment);
            try {
                Attribute found =
                        context.getAttributes(name, new String[] {type}).get(type);
                List<String> addresses = new ArrayList<>();
                for (Object address : found == null ? List.of() : Collections.list(found.getAll())) {
                    addresses.add(address.toString());
                }
                return addresses;
            } finally {
                context.close();
            }
        } catch (NamingException e) {
            throw new IOException(e.toString(), e);
        }
    }
}
