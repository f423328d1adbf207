# Ordercast. `make run` and `make test` do everything from a bare checkout with Rust, a C compiler and Node installed.

.DEFAULT_GOAL := help
.PHONY: run build test bench bench-sockets lint docs help

CARGO ?= cargo
DATA ?= data
# Where cargo puts what it builds.
BUILT := $(or $(CARGO_TARGET_DIR),target)

## run: build and start a demo shop on http://localhost:3000 (arguments: ARGS="--listen 127.0.0.1:8080")
run: build
	$(BUILT)/release/ordercast serve --demo --data $(DATA) $(ARGS)

## build: the web app, and with it the binary, target/release/ordercast
build:
	@scripts/needs.sh
	@scripts/app.sh
	$(CARGO) build --release --locked --package ordercast

## test: every test; says at the end what had to be left out, and why
test:
	@scripts/needs.sh
	@scripts/test.sh

## bench: build for speed, create 100,000 orders on one core, and compare with floors (arguments: ARGS="--orders 1000000")
bench:
	@scripts/needs.sh
	$(CARGO) build --release --locked --package ordercast --package ordercast-bench
	$(BUILT)/release/ordercast-bench orders $(ARGS)

## bench-sockets: ten thousand live connections, idle, told of updates, cut off and back (takes about four minutes)
bench-sockets:
	$(CARGO) build --release --locked --package ordercast --package ordercast-bench
	$(BUILT)/release/ordercast-bench sockets $(ARGS)

## lint: what has to be clean before a commit: format, clippy, documentation
lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps

## docs: write again what is generated from the code
docs:
	$(CARGO) run --quiet --locked --package ordercast -- config --markdown > docs/configuration.md.new
	mv docs/configuration.md.new docs/configuration.md
	@# What the client's types are generated from.
	@if [ -d web/sdk ]; then \
		mkdir -p web/sdk/documents && for document in openapi asyncapi; do \
			$(CARGO) run --quiet --locked --package ordercast -- $$document > web/sdk/documents/$$document.json.new && \
			mv web/sdk/documents/$$document.json.new web/sdk/documents/$$document.json || exit 1; \
		done; \
	fi

## help: this list
help:
	@sed -n 's/^## /  make /p' $(MAKEFILE_LIST)
