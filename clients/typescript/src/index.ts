import createFetchClient, { type Client, type ClientOptions } from "openapi-fetch";

import type { components, paths } from "./schema.js";

export type { components, operations, paths } from "./schema.js";

/** The shape of every error. */
export type ApiError = components["schemas"]["ErrorOut"];

export interface StakazoOptions extends ClientOptions {
  /** Where Stakazo answers, without a path: `https://stakazo.example`. */
  baseUrl: string;
  /** A short-lived token of `POST /auth/login`. */
  token?: string;
  /** Or a key for services. */
  apiKey?: string;
}

/** A client whose paths, parameters and answers are typed from the schema. */
export function createClient({ token, apiKey, headers, ...options }: StakazoOptions): Client<paths> {
  return createFetchClient<paths>({
    ...options,
    headers: {
      Accept: "application/json",
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(apiKey === undefined ? {} : { "X-Api-Key": apiKey }),
      ...(headers as Record<string, string> | undefined),
    },
  });
}
