"""A local Stripe that keeps state like the real one and checks itself against the client's schema.

Never reaches the network beyond this machine and never knows Relais: nothing here imports it.

Start it from the repository's root:

    python -m payments.sandbox --port 12111 --data ./data/sandbox
        --webhook http://127.0.0.1:8000/webhooks/stripe --webhook-secret whsec_local
        --clock-file ./data/clock

then `StripeClient("sk_test_any", base_addresses={"api": "http://127.0.0.1:12111"})`. State and
controls are at http://127.0.0.1:12111/_sandbox; see README.md beside this file.
"""
