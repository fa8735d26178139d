"""./dev up: start everything in the foreground, say how it goes, end it together."""

import argparse
import contextlib
import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from automation.embedded import children
from automation.embedded.folder import DataFolder
from automation.embedded.postgres import Cluster
from automation.embedded.trouble import Trouble
from automation.embedded.valkey import Broker
from automation.processes import Process, processes
from automation.supervisor.supervisor import StopAsked, Supervisor
