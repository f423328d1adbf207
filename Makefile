# `make run` and `make test` need Rust, a C compiler and Node, and nothing else.

.DEFAULT_GOAL := help
.PHONY: run build test bench bench-sockets lint docs help

CARGO ?= cargo
DATA ?= data
# The directory that cargo builds into.
BUILT := $(or $(CARGO_TARGET_DIR),target)

## run: build quickly and start a demo shop on http://localhost:3000 (arguments: ARGS="--listen 127.0.0.1:8080")
run:
	@scripts/check-tools.sh
	@scripts/build-app.sh
	$(CARGO) build --profile quick --locked --package ordercast
	$(BUILT)/quick/ordercast serve --demo --data $(DATA) $(ARGS)

## build: build the web app and the optimized binary for production, target/release/ordercast
build:
	@scripts/check-tools.sh
	@scripts/build-app.sh
	$(CARGO) build --release --locked --package ordercast

## test: run every test; the summary says what did not run, and why
test:
	@scripts/check-tools.sh
	@scripts/test.sh

## bench: create 100,000 orders on one core and compare with the floors (arguments: ARGS="--orders 1000000")
bench:
	@scripts/check-tools.sh
	$(CARGO) build --release --locked --package ordercast --package ordercast-bench
	$(BUILT)/release/ordercast-bench orders $(ARGS)

## bench-sockets: measure 10,000 live connections: idle, fan-out, reconnects (about four minutes)
bench-sockets:
	$(CARGO) build --release --locked --package ordercast --package ordercast-bench
	$(BUILT)/release/ordercast-bench sockets $(ARGS)

## lint: check formatting, clippy and documentation, as CI does
lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps

## docs: regenerate the documents and snapshots that come from the code
docs:
	$(CARGO) run --quiet --locked --package ordercast -- config --markdown > docs/configuration.md.new
	mv docs/configuration.md.new docs/configuration.md
	@# The TypeScript types are generated from these two documents.
	@if [ -d web/sdk ]; then \
		mkdir -p web/sdk/documents && for document in openapi asyncapi; do \
			$(CARGO) run --quiet --locked --package ordercast -- $$document > web/sdk/documents/$$document.json.new && \
			mv web/sdk/documents/$$document.json.new web/sdk/documents/$$document.json || exit 1; \
		done; \
	fi
	UPDATE_SNAPSHOTS=1 $(CARGO) test --quiet --locked --package ordercast --test it operations::snapshots

## help: list the commands
help:
	@sed -n 's/^## /  make /p' $(MAKEFILE_LIST)
