package io.lite3r.stack;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collection;
import java.util.List;

/**
 * The certificate and the passwords of one machine's broker, made when they are first wanted, in a
 * folder that only its owner reads: {@code ca.pem}, {@code node.p12}, {@code USER.password}.
 */
final class Secrets {
  /** Whose password opens the key store. */
  static final String NODE = "node";

  /** The distinguished name in the node's certificate. */
  static final String NODE_DN = "CN=lite3r-node";

  private static final int PASSWORD_BYTES = 24;

  private final Path folder;

  private Secrets(Path folder) {
    this.folder = folder;
  }

  /** Those in the folder; what is not there is made. */
  static Secrets in(Path folder, Collection<String> users)
      throws IOException, GeneralSecurityException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder.getParent());
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Secrets secrets = new Secrets(folder);
    for (String user : users) {
      secrets.makePassword(user);
    }
    if (!Files.exists(secrets.authority())) {
      secrets.makePassword(NODE);
      secrets.makeCertificate();
    }
    return secrets;
  }

  String password(String user) throws IOException {
    return Files.readString(file(user));
  }

  /** The node's key and certificate. */
  Path keyStore() {
    return folder.resolve("node.p12");
  }

  /** What clients believe: the certificate signs itself. */
  Path authority() {
    return folder.resolve("ca.pem");
  }

  private Path file(String user) {
    return folder.resolve(user + ".password");
  }

  private void makePassword(String user) throws IOException {
    if (!Files.exists(file(user))) {
      byte[] random = new byte[PASSWORD_BYTES];
      new SecureRandom().nextBytes(random);
      Files.writeString(file(user), Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    }
  }

  /**
   * The JDK makes certificates with a program only, so that is asked; the password is in a file.
   */
  private void makeCertificate() throws IOException, GeneralSecurityException {
    Files.deleteIfExists(keyStore());
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            NODE,
            "-dname",
            NODE_DN,
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-validity",
            "3650",
            "-ext",
            "san=ip:127.0.0.1,dns:localhost",
            "-storetype",
            "PKCS12",
            "-keystore",
            keyStore().toString(),
            "-storepass:file",
            file(NODE).toString());
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.onExit().join().exitValue() != 0) {
      throw new IOException("keytool made no certificate: " + said);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keyStore())) {
      store.load(in, password(NODE).toCharArray());
    }
    String body =
        Base64.getMimeEncoder(64, new byte[] {'\n'})
            .encodeToString(store.getCertificate(NODE).getEncoded());
    Files.writeString(
        authority(),
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n".formatted(body));
  }
}
