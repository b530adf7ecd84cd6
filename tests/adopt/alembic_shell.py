"""Alembic's own commands, many to one start of Python: lines of `URL VERB TARGET...` come in, what the
verb prints goes out, and then a line `done` or `failed`. Runs in the project's folder."""
import io
import os
import sys
import traceback
import warnings

from alembic import command
from alembic.config import Config

warnings.simplefilter("ignore")
answers = sys.stdout
sys.stdout = sys.stderr
for line in sys.stdin:
    url, verb, *targets = line.split()
    os.environ["SYNC_DATABASE_URL"] = url
    output = io.StringIO()
    try:
        getattr(command, verb)(Config("alembic.ini", stdout=output), *targets)
        end = "done"
    except Exception:
        traceback.print_exc()
        end = "failed"
    answers.write(output.getvalue() + end + "\n")
    answers.flush()
