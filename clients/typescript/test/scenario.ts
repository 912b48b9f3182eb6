// The same calls as tests/clients/scenario.py: `node scenario.js ADDRESS PASSWORD VIDEO` prints one JSON list.

import { readFile } from "node:fs/promises";
import { basename, parse } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { type ApiError, createClient } from "../src/index.js";

const NOWHERE = "0190a0b0-0000-7000-8000-000000000001";
const ENDED = ["completed", "failed", "dead", "cancelled"];

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

function good<T>({ data, error, response }: Answer<T>): T {
  if (data === undefined) throw new Error(`${response.status}: ${JSON.stringify(error)}`);
  return data;
}

function refused({ error, response }: Answer<unknown>): [number, string] {
  return [response.status, (error as ApiError).code];
}

async function follow(look: () => Promise<string>, ends: string[]): Promise<string> {
  for (;;) {
    const status = await look();
    if (ends.includes(status)) return status;
    await pause(300);
  }
}

async function scenario(address: string, password: string, video: string): Promise<[string, unknown][]> {
  const told: [string, unknown][] = [];
  const tell = (step: string, outcome: unknown) => told.push([step, outcome]);
  const title = parse(video).name;

  const stranger = createClient({ baseUrl: address });
  tell("alive", good(await stranger.GET("/debug/health/live")).status);
  const wrong = { username: "operator", password: "not this one" };
  tell("wrong password", refused(await stranger.POST("/auth/login", { body: wrong })));
  const tokens = good(await stranger.POST("/auth/login", { body: { username: "operator", password } }));
  tell("log in", tokens.user.username);
  const client = createClient({ baseUrl: address, token: tokens.access });
  tell("who am I", good(await client.GET("/auth/me")).came_by);

  const bytes = await readFile(video);
  const bring = () => {
    const form = new FormData();
    form.append("file", new Blob([new Uint8Array(bytes)], { type: "video/mp4" }), basename(video));
    form.append("title", "Harbour lights");
    return client.POST("/upload", {
      body: { file: "", title: "" }, // typed as the form; what is sent is below
      bodySerializer: () => form,
      headers: { "Content-Type": null },
    });
  };
  const uploaded = good(await bring());
  tell("upload", uploaded.created);
  const again = good(await bring());
  tell("the same again", [again.created, again.video.id === uploaded.video.id]);
  const job = async (id: string) => good(await client.GET("/jobs/{id}", { params: { path: { id } } })).status;
  tell("find clips", await follow(() => job(uploaded.job!.id), ENDED));
  const videos = good(await client.GET("/videos"));
  tell("videos", videos.results.some((each) => each.id === uploaded.video.id));
  const at = { path: { id: uploaded.video.id } };
  const one = await client.GET("/videos/{id}", { params: at });
  tell("one video", good(one).title);
  const tag = one.response.headers.get("ETag")!;
  const unchanged = await client.GET("/videos/{id}", { params: { ...at, header: { "If-None-Match": tag } } });
  tell("unchanged", unchanged.response.status);
  tell("no such video", refused(await client.GET("/videos/{id}", { params: { path: { id: NOWHERE } } })));

  const query = { video_asset: uploaded.video.id, status: "ready", limit: 1 } as const;
  const page = good(await client.GET("/clips", { params: { query } }));
  tell("first page", [page.results.length, page.next !== null]);
  const cursor = new URL(page.next!).searchParams.get("cursor")!;
  const following = good(await client.GET("/clips", { params: { query: { ...query, cursor } } }));
  tell("second page", [following.results.length, following.results[0]!.id !== page.results[0]!.id]);
  tell("no such page", refused(await client.GET("/clips", { params: { query: { cursor: "!" } } })));
  const clip = good(await client.GET("/clips/{id}", { params: { path: { id: page.results[0]!.id } } }));
  tell("one clip", clip.video_asset === uploaded.video.id);
  const rendering = good(
    await client.POST("/clips/{id}/variants", {
      params: { path: { id: clip.id } },
      body: { formats: ["vertical_1080x1920"] },
    }),
  );
  tell("render", await follow(() => job(rendering.job.id), ENDED));
  const variants = good(await client.GET("/variants", { params: { query: { clip: clip.id } } })).results;
  tell("variants", variants.map((each) => each.format));
  const variant = good(await client.GET("/variants/{id}", { params: { path: { id: variants[0]!.id } } }));
  tell("one variant", [variant.width_px, variant.height_px]);

  const accounts = good(
    await client.GET("/publishing/accounts", { params: { query: { platform: "tiktok", status: "connected" } } }),
  );
  tell("accounts", accounts.results.map((each) => each.mode));
  const key = `scenario-${variant.id}`;
  const publish = (words: string) =>
    client.POST("/publications", {
      params: { header: { "Idempotency-Key": key } },
      body: { clip_variant_id: variant.id, social_account_id: accounts.results[0]!.id, title: words },
    });
  const first = await publish(title);
  tell("publish", first.response.status);
  const second = await publish(title);
  tell("the same key", [second.response.headers.get("Idempotent-Replayed"), good(second).id === good(first).id]);
  tell("the key of another", refused(await publish("Another")));
  const publication = { path: { id: good(first).id } };
  const posted = async () => good(await client.GET("/publications/{id}", { params: publication })).status;
  tell("posted", await follow(posted, ["published", "failed", "cancelled"]));
  const list = good(await client.GET("/publications", { params: { query: { clip_variant: variant.id } } }));
  tell("publications", [list.results.length, Boolean(list.results[0]!.url)]);
  const settled = good(await client.POST("/publishing/reconcile", { params: { query: { since_minutes: 1440 } } }));
  tell("reconcile", settled.total_checked);

  const campaign = good(
    await client.POST("/campaigns", {
      body: { name: title, platforms: ["tiktok"], video_asset: uploaded.video.id },
    }),
  );
  const its = { params: { path: { id: campaign.id } }, body: { why: "launch day" } };
  tell("start a campaign", good(await client.POST("/campaigns/{id}/start", its)).status);
  tell("start it twice", refused(await client.POST("/campaigns/{id}/start", its)));
  tell("complete it", good(await client.POST("/campaigns/{id}/complete", its)).status);
  const life = good(
    await client.GET("/ledger/entities/{entity_type}/{id}", {
      params: { path: { entity_type: "publication", id: good(first).id } },
    }),
  );
  tell("its life", life.results[0]!.event_type);

  const left = await stranger.POST("/auth/logout", { body: { refresh: tokens.refresh } });
  tell("log out", left.response.status);
  tell("and be nobody", refused(await client.GET("/auth/me")));
  return told;
}

const [address, password, video] = process.argv.slice(2);
console.log(JSON.stringify(await scenario(address!, password!, video!)));
