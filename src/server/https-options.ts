/** What TLS needs. */

/** Key and certificate of a TLS server. */
export interface HttpsOptions {
  /** Private key, PEM. */
  key: string | Buffer;
  /** Certificate chain, PEM. */
  cert: string | Buffer;
}
