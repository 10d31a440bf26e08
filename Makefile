# `make run` and `make test` are all a newcomer needs; each makes .venv and installs what it needs.
# Another interpreter: make run PYTHON=python3.12

PYTHON ?= python3
PY := .venv/bin/python

SAMPLE := evals/sample
DEMO := .demo/store
# The share of the sample's questions that must be answered right for `make test` to pass.
EVAL_FLOOR ?= 0.90

# A collection of one's own beside the checkout: documents, and a file of questions for each.
OWN := ../shared
OWN_QUESTIONS := $(wildcard $(OWN)/questions/*.jsonl)

.PHONY: run test check eval bench

# The page, over the sample; another port: make run PORT=8000
run: .venv/installed
	@echo '▸ 索引随附的样例：虚构的棠屿市芷汀区两个部门、三年预算（首次约一分钟）'
	@$(PY) -m index $(SAMPLE) --store $(DEMO)
	@printf '\n▸ 在终端里提问：\n    %s -m qa "城市管理局2024年“三公”经费比2022年增加多少？" --store %s\n' $(PY) $(DEMO)
	@printf '▸ 换成自己的文件（文件或文件夹）：\n    %s app.py ~/预算\n\n' $(PY)
	@$(PY) app.py --store $(DEMO) --open $(if $(PORT),--port $(PORT))

# The tests come last, so that their summary is the last line; both always run.
test: .venv/installed-dev
	@$(PY) -m evals $(SAMPLE)/questions.jsonl --docs $(SAMPLE) --out out/ci --min-accuracy $(EVAL_FLOOR); \
	evaluated=$$?; $(PY) -m pytest || exit; \
	[ $$evaluated = 0 ] || { echo '▸ 测试通过，但小评测没有通过：见上面的表和 out/ci/report.html' >&2; exit 1; }

check: .venv/installed-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

eval: .venv/installed-dev
	@$(PY) -m evals $(SAMPLE)/questions.jsonl --docs $(SAMPLE) --out out/sample
	@for questions in $(OWN_QUESTIONS); do \
	    name=$$(basename "$$questions" .jsonl); \
	    printf '\n▸ %s\n' "$$name"; \
	    $(PY) -m evals "$$questions" --docs $(OWN)/corpus/"$$name".* --out "out/shared/$$name" || failed=1; \
	done; exit $${failed:-0}

# Every question set whose documents are there: make bench ARGS='--misses --against before.jsonl'
bench: .venv/installed-dev
	@$(PY) -m evals.real $(ARGS)

# pip is what a virtual environment lacks when it could be made only in part (Debian without
# python3-venv): then it is made again.
.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit( \
	    "需要 Python 3.11 或更新的版本，例如：make run PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml | .venv/bin/pip
	@echo '▸ 安装所需的库到 .venv（只在首次和依赖变动时；需下载数百 MB）'
	$(PY) -m pip install --editable .
	@touch $@

.venv/installed-dev: pyproject.toml | .venv/bin/pip
	@echo '▸ 安装所需的库和测试工具到 .venv（只在首次和依赖变动时；需下载数百 MB）'
	$(PY) -m pip install --editable '.[dev]'
	@touch .venv/installed $@
